"""The warehouse view: doors, people and what happens between them, in a terminal.

It asks the API and reaches into the simulated warehouse, each through a port of ``ports``; it knows
no store, no device and no rule.
"""
