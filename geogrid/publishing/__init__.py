"""What residents may see, and when a division becomes the one that counts."""
