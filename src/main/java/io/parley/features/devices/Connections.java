package io.parley.features.devices;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.bus.Bus;
import io.parley.bus.NodeInfo;
import io.parley.server.NodeActions;
import io.parley.server.NodeActions.LoginsOf;
import io.parley.support.VerticleKind;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks all nodes with sessions which of a person's log-ins are connected now. Only they know, and they may be away. For
 * one person they are asked once a second at most. Belongs to an event loop.
 */
final class Connections {
    /** Somebody waits for the list; without one node's answer it says less. */
    private static final long PATIENCE_MS = 1_000;

    private static final Duration HOLDS = Duration.ofSeconds(1);
    private static final int MAX_REMEMBERED = 10_000;

    private final Supplier<Collection<NodeInfo>> nodes;
    private final Cache<LoginsOf, Future<Connected>> asked = Caffeine.newBuilder()
            .expireAfterWrite(HOLDS)
            .maximumSize(MAX_REMEMBERED)
            .executor(Runnable::run)
            .build();

    Connections(Supplier<Collection<NodeInfo>> nodes) {
        this.nodes = nodes;
    }

    /** @param complete whether every node has answered */
    record Connected(Set<UUID> logins, boolean complete) {
        /** Null: it cannot be said. */
        @Nullable
        Boolean has(UUID login) {
            return logins.contains(login) ? Boolean.TRUE : complete ? Boolean.FALSE : null;
        }
    }

    Future<Connected> of(Bus bus, UUID tenant, UUID user) {
        return asked.get(new LoginsOf(tenant, user), person -> ask(bus, person));
    }

    private Future<Connected> ask(Bus bus, LoginsOf person) {
        List<Future<NodeActions.Logins>> answers = nodes.get().stream()
                .filter(node -> node.instances().getOrDefault(VerticleKind.SESSION, 0) > 0)
                .map(node ->
                        bus.askNode(NodeActions.LOGINS, node.id(), person).timeout(PATIENCE_MS, TimeUnit.MILLISECONDS))
                .toList();
        return Future.join(answers).transform(done -> Future.succeededFuture(connected(answers)));
    }

    private static Connected connected(List<Future<NodeActions.Logins>> answers) {
        Set<UUID> logins = new HashSet<>();
        answers.stream()
                .filter(Future::succeeded)
                .forEach(answer -> logins.addAll(answer.result().ids()));
        return new Connected(logins, answers.stream().allMatch(Future::succeeded));
    }
}
