"""The synthesis of the demo township: real names and codes, everything else made up from one seed."""
