"""Operators: who administers, what they may do, and how they prove who they are."""
