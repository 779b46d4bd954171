package io.parley.features.search;

import io.parley.features.search.ScopeQueue.Part;
import io.parley.features.search.SearchStore.Looked;
import io.parley.features.search.SearchStore.Search;
import io.parley.features.search.text.Term;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One search under way: looks through the parts of the searcher's conversations, the newest first, until there are
 * enough hits that nothing can come before, or no time is left. For one search, on one event loop.
 *
 * <p>Each call looks through so many parts as take some 20 ms by the speed of the last call of its kind. Words that nearly every
 * message has are looked for in the newest messages of each conversation first: a block has thousands of them, of which a
 * page needs a few.
 */
final class Looking {
    /** So long it goes on only to count, or to have more to rank. */
    private static final long ENOUGH_NANOS = TimeUnit.MILLISECONDS.toNanos(60);

    /** Then it ends with what it has. */
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(180);

    private static final long CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int FIRST_TAILS = 8;
    private static final int MOST_PARTS = 128;

    /** Hits in one answer, about. */
    private static final int MOST_HITS = 16_000;

    /** Of one block. */
    private static final int MOST_OF_A_BLOCK = 1_000;

    /** Of so many hits in a block on average it is better to look at the newest messages first. */
    private static final int DENSE = 64;

    /** So short a beginning of a word is nearly everywhere. */
    private static final int SHORT = 2;

    private final SearchStore store;
    private final Search search;
    private final Aim aim;
    private final LongSupplier nanos;
    private final long begun;
    private final ScopeQueue queue = new ScopeQueue();
    private final NavigableMap<Place, Hit> hits = new TreeMap<>();
    private final Set<UUID> tailed = new HashSet<>();
    private boolean dense;
    private int tailSize = FIRST_TAILS;
    private int blockSize = 1;
    private Instant newest = Instant.EPOCH;

    /**
     * When there is enough.
     *
     * @param needed hits that nothing can come before
     * @param wanted the same, if there is time
     * @param depth everything from this time on is needed instead; null: not
     */
    record Aim(int needed, int wanted, @Nullable Instant depth) {}

    /**
     * What was found.
     *
     * @param hits the newest first
     * @param complete there are no more
     * @param partial there may be more where it was not looked, and time was up
     * @param newest time of the newest message that could have been found
     */
    record Outcome(List<Hit> hits, boolean complete, boolean partial, Instant newest) {}

    Looking(SearchStore store, Search search, Aim aim, LongSupplier nanos) {
        this.store = store;
        this.search = search;
        this.aim = aim;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        this.dense = search.sought().text().wanted().stream().allMatch(Looking::isShort);
    }

    private static boolean isShort(Term term) {
        return term.elements().size() == 1
                && term.elements().getFirst().prefix()
                && term.elements().getFirst().lexeme().length() <= SHORT;
    }

    /** @param end only what is before */
    Future<Outcome> from(Place end) {
        return store.parts(search, end).compose(parts -> {
            parts.forEach(this::add);
            newest = parts.stream().map(Part::newest).max(Instant::compareTo).orElse(Instant.EPOCH);
            return goOn();
        });
    }

    private void add(Part part) {
        if (search.since() == null || !part.newest().isBefore(search.since())) {
            queue.add(part);
        }
    }

    private Future<Outcome> goOn() {
        Instant horizon = queue.horizon();
        long took = nanos.getAsLong() - begun;
        if (horizon == null) {
            return outcome(hits.values(), true, false);
        }
        Collection<Hit> settled = hits.tailMap(Place.after(horizon), false).values();
        if (isEnough(settled.size(), horizon, took)) {
            return outcome(settled, false, false);
        }
        if (took > MOST_NANOS) {
            return outcome(hits.values(), false, true);
        }
        return look().compose(done -> goOn());
    }

    private boolean isEnough(int settled, Instant horizon, long took) {
        return aim.depth() == null
                ? settled >= aim.wanted() || (settled >= aim.needed() && took > ENOUGH_NANOS)
                : horizon.isBefore(aim.depth());
    }

    private static List<Hit> newestFirst(Collection<Hit> ascending) {
        return List.copyOf(ascending).reversed();
    }

    private Future<Outcome> outcome(Collection<Hit> found, boolean complete, boolean partial) {
        return Future.succeededFuture(new Outcome(newestFirst(found), complete, partial, newest));
    }

    private Future<Void> look() {
        List<Part> parts = queue.take(dense ? tailSize : blockSize);
        List<Part> tails = parts.stream()
                .filter(part -> dense && !tailed.contains(part.root()))
                .toList();
        if (tails.isEmpty()) {
            List<Part> some = parts.subList(0, Math.min(blockSize, parts.size()));
            parts.subList(some.size(), parts.size()).forEach(queue::add);
            return blocks(some);
        }
        parts.stream().filter(part -> !tails.contains(part)).forEach(queue::add);
        return tails(tails);
    }

    private Future<Void> tails(List<Part> parts) {
        long start = nanos.getAsLong();
        parts.forEach(part -> tailed.add(part.root()));
        return store.tails(search, parts).map(looked -> {
            keep(looked);
            tailSize = next(parts.size(), nanos.getAsLong() - start);
            return null;
        });
    }

    private Future<Void> blocks(List<Part> parts) {
        long start = nanos.getAsLong();
        int most = Math.min(MOST_OF_A_BLOCK, MOST_HITS / parts.size());
        return store.blocks(search, parts, most).map(looked -> {
            keep(looked);
            dense |= looked.hits().size() > (long) DENSE * parts.size();
            blockSize = next(parts.size(), nanos.getAsLong() - start);
            return null;
        });
    }

    private static int next(int parts, long took) {
        long fitting = CALL_NANOS * parts / Math.max(1, took);
        return (int) Math.clamp(fitting, 1, Math.min(MOST_PARTS, 4L * parts));
    }

    private void keep(Looked looked) {
        looked.hits().forEach(hit -> hits.put(hit.place(), hit));
        looked.left().forEach(this::add);
    }
}
