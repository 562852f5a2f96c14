"""The simulated warehouse: its people, its day, and how it is opened."""
