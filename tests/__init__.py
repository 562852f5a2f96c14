"""Everything that is promised, each promise as a test."""
