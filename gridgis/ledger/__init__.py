"""Coverage, overdue households and hotspots: pure functions on tables."""
