"""Routes and middleware that stand beside the pages."""
