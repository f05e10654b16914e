"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

import config.celery  # noqa: F401  # requests ring the worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# The first message sent would otherwise pay for this import, inside somebody's request.
import kombu.transport.redis  # noqa: E402, F401
