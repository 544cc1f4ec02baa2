# twsbridge for your own machines: `docker compose up` builds and runs it.
# The image contains ibapi, which Interactive Brokers' licence does not let anybody pass on. Build it where it
# runs and do not push it to a registry that others can read.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements/bridge.txt requirements/
RUN python3 -m venv /opt/twsbridge && \
    /opt/twsbridge/bin/python -m pip install --require-hashes --requirement requirements/bridge.txt
COPY pyproject.toml README.md LICENSE ./
COPY bridge bridge
COPY clients/python clients/python
RUN /opt/twsbridge/bin/python -m pip install --no-deps --no-build-isolation . && \
    /opt/twsbridge/bin/python -m compileall -q /opt/twsbridge/lib

FROM ${PYTHON_IMAGE}
COPY --from=build /opt/twsbridge /opt/twsbridge
# A new named volume takes owner and mode from these directories.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/twsbridge /var/lib/twssim /fills
ENV PATH=/opt/twsbridge/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TWSBRIDGE_HOME=/var/lib/twsbridge
USER 10001:10001
EXPOSE 7600 7601 7602
ENTRYPOINT ["twsbridge"]
CMD ["--help"]
