"""From fabric to plan: units, explanation and score."""
