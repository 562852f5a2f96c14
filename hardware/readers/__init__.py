"""What takes cards and keys. Each kind is imported only by a board that has such a reader."""
