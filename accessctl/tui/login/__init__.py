"""Who one is: logging in at the console itself."""
