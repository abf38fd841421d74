"""The pages: one thin module each, and the table that lists them."""
