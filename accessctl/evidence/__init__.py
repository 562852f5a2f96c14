"""The record as evidence: a tree over its entries, signed heads of it, and proofs that need no trust in us.

Formats: RFC 6962 and RFC 9162 (the tree), RFC 8785 (entries), and of C2SP signed-note, tlog-checkpoint,
tlog-tiles, tlog-proof and tlog-cosignature. Nothing here knows a door, a store or a key's file.
"""
