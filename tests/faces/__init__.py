"""Tests of comparing faces: vectors and thresholds, and what the door process makes of them."""
