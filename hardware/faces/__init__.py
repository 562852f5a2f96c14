"""Faces: found, judged, encoded, and told from pictures of faces. For cameras that look at them."""
