# The image of web, worker, beat and migrate. Built by docker-compose.yml; docs/operations.md says how it runs.

FROM node:24-slim AS assets
WORKDIR /linli
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.11-slim AS packages
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --prefix=/packages --requirement requirements.txt

FROM python:3.11-slim AS base
ENV DJANGO_SETTINGS_MODULE=config.settings PYTHONUNBUFFERED=1 STATIC_ROOT=/linli/published MEDIA_ROOT=/media
COPY --from=packages /packages /usr/local
WORKDIR /linli
COPY . .
RUN python -m compileall -q .

# collectstatic asks for no server and no secret, but the settings refuse to load without them:
# these values live in this one command only.
FROM base AS published
COPY --from=assets /linli/node_modules node_modules
RUN SECRET_KEY=unused SEAL_KEYS=v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgres://unused@unused/unused REDIS_URL=redis://unused \
    python manage.py collectstatic --noinput --verbosity 0

FROM base
COPY --from=published /linli/published published
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin linli \
    && install --directory --owner linli --mode 0750 /media
USER linli
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "config.wsgi:application"]
