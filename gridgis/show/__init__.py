"""Maps and charts, made from tables and plans."""
