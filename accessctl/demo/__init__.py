"""The simulated warehouse: its site file, its people and their day."""
