"""What things are: layers and their contracts, tiers and rules, vocabulary, words, settings, errors."""
