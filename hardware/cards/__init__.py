"""What a card says and proves, once a reader brings it: commands in, a proof or a reason out."""
