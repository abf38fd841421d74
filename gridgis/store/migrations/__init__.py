"""Alembic's home: the environment it runs in, and the revisions."""
