"""Readers whose libraries can hang or crash live in processes of their own; this process drives those."""
