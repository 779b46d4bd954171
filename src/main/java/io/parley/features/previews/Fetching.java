package io.parley.features.previews;

import io.parley.bus.Bus;
import io.parley.features.previews.WantedLinks.Claimed;
import io.parley.server.outbound.Fetched;
import io.parley.server.outbound.Unreachable;
import io.parley.server.outbound.Unreachable.Kind;
import io.parley.server.outbound.Unreachable.Reason;
import io.parley.server.outbound.WebFetcher;
import io.parley.support.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the links that fall to this node, some at a time, and sees to it that messages of which all links are known get
 * their previews. On the event loop of one jobs verticle.
 */
final class Fetching {
    private static final Logger LOG = LoggerFactory.getLogger(Fetching.class);

    private static final int MOST_AT_ONCE = 8;
    private static final int MOST_ATTEMPTS = 2;
    private static final int ATTACHED_AT_ONCE = 100;

    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration FOUND_LASTS = Duration.ofDays(3);
    private static final Duration NOTHING_LASTS = Duration.ofHours(1);
    private static final Duration FAILURE_LASTS = Duration.ofMinutes(10);

    /** Of a page that answered. */
    private enum Outcome {
        FOUND,
        NOTHING
    }

    private final Vertx vertx;
    private final Bus bus;
    private final WantedLinks links;
    private final Wishes wishes;
    private final WebFetcher fetcher;
    private final Circuit circuit;
    private final Metrics metrics;
    private final List<String> busyHosts = new ArrayList<>();

    Fetching(
            Vertx vertx,
            Bus bus,
            WantedLinks links,
            Wishes wishes,
            WebFetcher fetcher,
            Circuit circuit,
            Metrics metrics) {
        this.vertx = vertx;
        this.bus = bus;
        this.links = links;
        this.wishes = wishes;
        this.fetcher = fetcher;
        this.circuit = circuit;
        this.metrics = metrics;
    }

    /** Begins what there is to do and room for; returns before it is fetched. */
    Future<Void> step() {
        int room = circuit.allows(MOST_AT_ONCE - busyHosts.size(), busyHosts.size());
        Future<Void> begun = room <= 0
                ? Future.succeededFuture()
                : links.claim(room, busyHosts).map(claimed -> {
                    claimed.forEach(this::begin);
                    return null;
                });
        return begun.compose(claimed -> attachReady());
    }

    private void begin(Claimed link) {
        busyHosts.add(link.host());
        fetch(link)
                .onComplete(done -> busyHosts.remove(link.host()))
                .compose(done -> attachReady())
                // The claim ends by itself, and whoever finds it due then tries again.
                .onFailure(cause -> LOG.warn("a link could not be dealt with: {}", cause.toString()));
    }

    private Future<Void> fetch(Claimed link) {
        if (link.attempts() > MOST_ATTEMPTS) {
            // Whoever tried before did not live to say what came of it.
            return links.known(link, null, NOTHING_LASTS);
        }
        long began = System.nanoTime();
        return fetcher.get(link.url()).compose(this::read).transform(outcome -> {
            long nanos = System.nanoTime() - began;
            if (outcome.succeeded()) {
                return found(link, outcome.result(), nanos);
            }
            return outcome.cause() instanceof Unreachable why
                    ? unreachable(link, why.reason(), nanos)
                    : unreadable(link, outcome.cause());
        });
    }

    private Future<Optional<LinkPreview>> read(Fetched fetched) {
        return vertx.executeBlocking(() -> PageReader.read(fetched), false).map(Optional::ofNullable);
    }

    private Future<Void> found(Claimed link, Optional<LinkPreview> found, long nanos) {
        circuit.answered();
        metrics.previewFetched(found.isPresent() ? Outcome.FOUND : Outcome.NOTHING, nanos);
        return links.known(link, found.orElse(null), found.isPresent() ? FOUND_LASTS : NOTHING_LASTS);
    }

    private Future<Void> unreachable(Claimed link, Reason why, long nanos) {
        if (why.kind() == Kind.REFUSED) {
            metrics.previewRefused(why);
            return links.known(link, null, NOTHING_LASTS);
        }
        metrics.previewFetched(why, nanos);
        if (why.kind() == Kind.SILENT) {
            circuit.silent(link.host());
        } else {
            circuit.answered();
        }
        if (why.kind() == Kind.USELESS) {
            return links.known(link, null, NOTHING_LASTS);
        }
        if (circuit.open()) {
            return links.later(link, false, RETRY);
        }
        return link.attempts() < MOST_ATTEMPTS
                ? links.later(link, true, RETRY)
                : links.known(link, null, FAILURE_LASTS);
    }

    /** Our own failure: a page that we cannot read is not read again soon. */
    private Future<Void> unreadable(Claimed link, Throwable cause) {
        LOG.error("a page could not be read", cause);
        return links.known(link, null, NOTHING_LASTS);
    }

    /** Of all messages, those that only lose some among them. */
    Future<Void> attachReady() {
        return wishes.ready(ATTACHED_AT_ONCE)
                .compose(ready -> Future.join(ready.stream()
                        .map(attach -> bus.ask(PreviewActions.ATTACH, attach.conversation(), attach))
                        .toList()))
                .mapEmpty();
    }
}
