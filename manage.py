#!/usr/bin/env python
"""Django's command line. From a checkout use scripts/manage, which brings its database along."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geogrid.config.settings.prod")
    execute_from_command_line(sys.argv)
