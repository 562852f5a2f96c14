"""The door process: decides, drives, records. It serves no network and runs without the API process."""
