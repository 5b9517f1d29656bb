"""Starting from a list: what each grid answers for, matched, corrected, accepted."""
