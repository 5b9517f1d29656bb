"""What other programs ask: where a point lies, and what maps load. Stable addresses."""
