"""The demo's own page: hands in a simulated warehouse, and what comes of what they do."""
