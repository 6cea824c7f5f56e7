# syntax=docker/dockerfile:1.7
# Two images: `desk` runs pages, sockets, workers, clock and commands; `proxy` stands in front.

FROM python:3.12.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/shopdesk/venv
COPY requirements.txt /opt/shopdesk/
RUN /opt/shopdesk/venv/bin/python -m pip install --no-deps --require-hashes -r /opt/shopdesk/requirements.txt
WORKDIR /opt/shopdesk/desk
COPY . .
# Translations, and static files with hashes in their names, each also as .gz and .br. The settings ask
# for secrets; these are made up for this one command and end with it.
RUN export PATH=/opt/shopdesk/venv/bin:$PATH PUBLIC_URL=https://build.invalid \
 && export SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')" \
 && export LINK_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')" \
 && python manage.py compile_translations \
 && python manage.py collectstatic --no-input --verbosity 0 \
 && python -m compileall -q /opt/shopdesk

FROM python:3.12.13-slim-trixie AS desk
# pg_dump and pg_restore for `manage.py backup` and `restore`, of the database's own version.
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 shopdesk \
 && useradd --system --uid 10001 --gid shopdesk --home-dir /nonexistent --shell /usr/sbin/nologin shopdesk \
 && install -d -o shopdesk -g shopdesk -m 0700 /uploads /backups
COPY --from=build /opt/shopdesk /opt/shopdesk
ENV PATH=/opt/shopdesk/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=shopdesk.settings
WORKDIR /opt/shopdesk/desk
USER 10001:10001
CMD ["gunicorn", "-c", "python:shopdesk.web_server", "shopdesk.wsgi"]

FROM caddy:2.11.7-alpine AS proxy
# The copy drops the file capability: ports above 1024 need none, and without it no container has to grant one.
RUN cp /usr/bin/caddy /usr/bin/plain-caddy \
 && mv /usr/bin/plain-caddy /usr/bin/caddy \
 && chown -R 10001:10001 /data /config
COPY deploy/Caddyfile /etc/caddy/Caddyfile
USER 10001:10001
