"""The warehouse view, driven by a pilot."""
