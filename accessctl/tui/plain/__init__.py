"""The main jobs as prompts and lines, for screen readers, Braille displays and terminals that can do no more.

No line is drawn over, nothing depends on where it stands, and every question ends with a colon.
"""
