"""The people: who answers for which grid from when, and what of it is public on what basis."""
