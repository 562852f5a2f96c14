"""The rule book and the door, as pure functions over values.

No clock, no input or output, no chance, no third party: everything a rule needs comes in as an
argument, and what should happen goes out as a value. ``hardware`` and ``accessctl`` do the rest.
"""
