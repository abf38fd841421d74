"""The four reviews: what each unit did in a period, compared fairly, said in sentences."""
