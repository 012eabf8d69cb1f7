"""The door Granian opens."""

import os

from django.core.wsgi import get_wsgi_application

from yice.config.variables import require_readable

require_readable()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yice.config.settings")
application = get_wsgi_application()
