"""The HTTP API: people, cards, orders to doors, the record. It holds no key and touches no pin.

What needs a key or a wire it asks of the door process over the link; with that process gone, reading
goes on and the rest is refused in words. Doors work without any of this.
"""
