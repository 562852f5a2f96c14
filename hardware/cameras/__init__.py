"""Cameras: where pictures come from, and what is seen in them. Imported only by a board that has one."""
