#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

from myproject.environment import WrongEnvironment

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "myproject.settings")
    try:
        execute_from_command_line(sys.argv)
    except WrongEnvironment as error:
        sys.exit(str(error))
