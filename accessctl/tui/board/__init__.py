"""The board: every door, what happens now, and what one can do about it."""
