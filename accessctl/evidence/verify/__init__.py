"""The verifier: looks whether an export or a proof is what was signed, with a public key and nothing else.

It can be installed alone (``packaging/verifier``): it imports nothing of ours but ``accessctl.evidence``.
"""
