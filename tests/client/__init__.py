"""How the API is asked."""
