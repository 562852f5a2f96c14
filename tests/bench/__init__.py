"""What a badge costs, measured on the whole way: ``make bench``. Prints figures, asserts none."""
