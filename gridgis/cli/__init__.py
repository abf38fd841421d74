"""The command line: one subcommand a verb; the only place where an error becomes an exit code.

Exit codes: 0 done, warnings allowed · 1 the data is at fault, each fault named · 2 the call is at fault or a file cannot
be read · 3 the program is at fault (a bug; the log says where).

A module beside this one holds the verbs of one kind as plain functions and is imported only when one of its verbs is
called, so that ``gridgis --help`` needs no geometry library.
"""
