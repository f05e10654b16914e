# The product for production: one image, run as web server, worker and beat by docker-compose.yml.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir uv==0.13.9
COPY requirements.lock ./
RUN /venv/bin/uv pip install --no-cache --compile-bytecode --python /venv/bin/python --require-hashes -r requirements.lock
COPY assets ./assets
RUN /venv/bin/uv pip install --no-cache --compile-bytecode --python /venv/bin/python --no-deps ./assets

FROM python:3.11-slim-bookworm
WORKDIR /srv/truelevel
# The same list that make and doctor read.
COPY packages.debian ./
COPY config/system_packages.py ./config/
RUN python config/system_packages.py run \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home truelevel \
    && install --directory --owner truelevel /data
COPY --from=build /venv /venv
COPY . .
# The user that runs it may not write here, so what Python would keep of each file is made now.
RUN /venv/bin/python -m compileall -q .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi:application"]
