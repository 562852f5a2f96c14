"""Backups: one file with copies of the stores, the site file and the sealed keys, and what says so.

They are made and checked by a process of their own (``python -m accessctl.backup``), which reads and writes a
file beside the stores, and are put back by ``accessctl restore`` while nothing runs. The root key is never
among them: who has both can try card numbers and PINs.
"""
