"""For servers of the real kind, such as gunicorn; runserver goes past this."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from myproject.environment import WrongEnvironment

HOPELESS = 3  # gunicorn's WORKER_BOOT_ERROR: it ends, where it would try again for ever

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "myproject.settings")
# Who forgets to set anything gets no site for development here.
os.environ["DEBUG"] = os.environ.get("DEBUG") or "False"

try:
    application = get_wsgi_application()
except WrongEnvironment as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(HOPELESS)
