"""Takes the record out of an installation: as a table, as lines, as Parquet, and as evidence with its tree.

Everything here reads the stores of one installation and writes files of its own, in a process of its own.
Whoever may read the installation's files may do this.
"""
