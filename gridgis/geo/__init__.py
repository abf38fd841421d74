"""Coordinates and datums, the fabric of cells, topology laws, outlines and codes."""
