package io.parley;

import io.parley.bus.Peers;
import io.parley.server.NodeActions.Resize;
import io.parley.server.NodeActions.Resized;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.VerticleKind;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All verticles of this node by their kind: as many as the configuration says, until an operator says otherwise. */
final class Kinds {
    private static final Logger LOG = LoggerFactory.getLogger(Kinds.class);

    private final Peers peers;
    private final String nodeId;
    private final Map<VerticleKind, Instances<?>> running = new EnumMap<>(VerticleKind.class);
    private final Map<VerticleKind, Integer> wanted = new EnumMap<>(VerticleKind.class);

    Kinds(Config.Instances configured, Peers peers, String nodeId) {
        this.peers = peers;
        this.nodeId = nodeId;
        for (VerticleKind kind : VerticleKind.values()) {
            wanted.put(kind, configured.of(kind));
        }
    }

    /** Takes over the instances of a kind, none of which runs yet. */
    <V extends Deployable> Instances<V> add(VerticleKind kind, Instances<V> instances) {
        running.put(kind, instances);
        return instances;
    }

    private Instances<?> of(VerticleKind kind) {
        return Objects.requireNonNull(running.get(kind));
    }

    int size(VerticleKind kind) {
        return of(kind).size();
    }

    Map<VerticleKind, Integer> sizes() {
        Map<VerticleKind, Integer> sizes = new EnumMap<>(VerticleKind.class);
        running.forEach((kind, instances) -> sizes.put(kind, instances.size()));
        return sizes;
    }

    Future<Void> start(VerticleKind kind) {
        synchronized (wanted) {
            return of(kind).resize(Objects.requireNonNull(wanted.get(kind)));
        }
    }

    /** Lets all of a kind go at once: the node stops. */
    Future<Void> stop(VerticleKind kind) {
        return of(kind).undeploy();
    }

    /** @throws AppError when nothing is changed, because one of the numbers makes no sense */
    Resized resize(Resize asked) {
        asked.instances().forEach(this::requireSensible);
        Map<VerticleKind, Integer> all;
        synchronized (wanted) {
            wanted.putAll(asked.instances());
            all = new EnumMap<>(wanted);
        }
        asked.instances().forEach(this::resize);
        return new Resized(all);
    }

    private void requireSensible(VerticleKind kind, int instances) {
        if (instances < 0 || instances > Config.Instances.MOST) {
            throw AppError.field(kind.key(), "range", "must be between 0 and " + Config.Instances.MOST);
        }
        boolean others = peers.running(kind).stream().anyMatch(id -> !id.equals(nodeId));
        if (instances == 0 && !others) {
            throw AppError.of(ErrorCode.CONFLICT, "No other node runs " + kind.key());
        }
    }

    private void resize(VerticleKind kind, int instances) {
        of(kind).resize(instances)
                .onSuccess(done -> LOG.info("{} instances of {} run now", instances, kind.key()))
                .onFailure(cause -> LOG.error("the instances of {} cannot be changed", kind.key(), cause));
    }
}
