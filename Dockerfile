# The gateway as an image: docker build -t llm-edge-agent .
#
# Both bases may be named by digest for a build that can be repeated to the byte (docs/deployment.md).
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=docker.io/library/debian:bookworm-slim

# What building needs, in a layer that changes only when the packages do.
FROM ${NODE_IMAGE} AS packages
WORKDIR /build
RUN test -s /etc/ssl/certs/ca-certificates.crt \
 || { apt-get update && apt-get install -y --no-install-recommends ca-certificates; }
COPY package.json package-lock.json .npmrc ./
COPY scripts/image/packages.ts scripts/image/packages.ts
RUN node scripts/image/packages.ts && npm ci --ignore-scripts

FROM packages AS build
COPY src src
COPY adapters adapters
COPY scripts scripts
COPY deployments/container deployments/container
RUN node scripts/image/bundle.mjs /app

# One Node, one bundle, one user. No package manager of Node, no package, no shell script.
FROM ${RUNTIME_IMAGE} AS runtime
RUN groupadd --gid 1000 llm-agent \
 && useradd --uid 1000 --gid llm-agent --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin llm-agent
COPY --from=packages /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app /app

# A certificate authority of your own: mount a bundle over this file.
ENV NODE_ENV=production \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    HOST=0.0.0.0 \
    PORT=8080 \
    METRICS_PORT=9090
WORKDIR /app
USER 1000:1000
EXPOSE 8080 9090
# Without a shell between, so that SIGTERM reaches the gateway and it can drain.
ENTRYPOINT ["node", "--use-openssl-ca", "/app/main.mjs"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["node", "/app/health-check.mjs"]

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="LLM Edge Agent" \
      org.opencontainers.image.description="A self-hosted gateway between applications and LLM providers" \
      org.opencontainers.image.documentation="docs/deployment.md" \
      org.opencontainers.image.licenses="UNLICENSED" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
