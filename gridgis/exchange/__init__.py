"""Files in, checked at the border; files out, as others need them."""
