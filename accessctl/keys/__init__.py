"""The keys, and what is made with them. Only the door process imports this."""
