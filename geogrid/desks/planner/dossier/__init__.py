"""Defending a plan: the dossier, alternatives side by side, the meeting."""
