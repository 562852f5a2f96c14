"""Faults planted in the rules, one at a time, to see whether a test finds each: ``make mutants``."""
