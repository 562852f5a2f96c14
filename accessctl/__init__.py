"""The orchestration: the only package that knows both the rules and the devices."""
