"""Pins, buses and readers. Knows wires; knows no person and no rule."""
