"""What a person gets who asks what is held of them: what of each entry is told, and how it is laid out."""
