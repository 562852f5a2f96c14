"""The notary: reads the record, keeps the tree over it, signs its heads, and takes them off this device.

A process of its own, so that no door waits for it, and so that the door process holds no key of the record's
and knows no network. It writes ``tree.db`` and nothing else.
"""
