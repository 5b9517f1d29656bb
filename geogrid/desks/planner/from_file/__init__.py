"""Starting from a file: read, mended, shown over the plan in force, decided about, accepted."""
