"""The keys, and what is made with them."""
