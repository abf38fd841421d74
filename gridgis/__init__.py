"""Plan, redraw and keep the service grids of a township."""

__version__ = "0.1.0"
