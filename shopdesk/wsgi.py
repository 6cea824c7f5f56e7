"""The WSGI door: pages, under gunicorn's sync workers."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopdesk.settings")

from django.core.wsgi import get_wsgi_application

from shopdesk.bodies import guarded_wsgi

application = guarded_wsgi(get_wsgi_application())
