"""The site file and the demo that is written in it."""
