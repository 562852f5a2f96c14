"""Questions about the rules: why, who, what, and what a change would do.

Each is answered by a process of its own (``python -m accessctl.foresight``), which reads the site file and
both stores, holds no key, and ends with its answer: however long it thinks, nobody at a door or at the API
waits for it.
"""
