"""Comparing faces: vectors, templates, thresholds and what a site measures of its own people.

Pure: no picture, no camera, no library. An engine makes the vectors elsewhere; here they are only numbers.
"""
