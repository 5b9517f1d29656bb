"""Starting from nothing: a new area, its outline and levels, a division from the ground."""
