"""The ASGI door (sockets, files, and the demo). Always with the psycopg pool: see DATABASE_POOL."""

from __future__ import annotations

import os
import warnings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopdesk.settings")
os.environ.setdefault("DATABASE_POOL", "1")

from django.core.asgi import get_asgi_application

from core.readers import attended
from shopdesk.bodies import guarded

# WhiteNoise answers with plain iterators of small files; Django reads them whole, and says so.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume")

application = guarded(attended(get_asgi_application()))
