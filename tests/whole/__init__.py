"""The whole thing, as it runs: real processes, real sockets, real files, and signals that kill."""
