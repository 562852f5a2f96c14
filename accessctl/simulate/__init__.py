"""Plays a trace of what happens at a site on a virtual clock: no hardware, no store, no wall clock.

``docs/trace.md`` says what a trace is. The rules are those of the door process: the same ``Warden``.
"""
