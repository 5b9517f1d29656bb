"""Bringing foreign data in: read, judge, report, commit. Never imports the grids' side."""
