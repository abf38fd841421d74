"""Edits on a plan: pure functions from a village's slice of a plan and an edit to the slice, the change, its effect."""
