"""What stands behind the doors in scripts/, in the standard library only: a bare Debian runs it.

Each module has one subject. `demo`, `test`, `manage`, `stop`, `check`, `bench` and `backup` are the
doors themselves, the others are what they are made of.
"""
