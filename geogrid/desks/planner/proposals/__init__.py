"""Proposals for better balance, and the cells below the lowest drawn level."""
