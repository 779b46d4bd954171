package io.parley.support.testing.campaign;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The faults of one run, in the order of time. All of it follows from the seed, the number of nodes, the length and the
 * kinds that are left out; as text it can also be kept, shortened by hand and run again.
 *
 * @param length of the traffic
 */
public record FaultPlan(long seed, int nodes, Duration length, List<PlannedFault> faults) {
    private static final Duration BEGINNING = Duration.ofSeconds(3);
    /** Time for all to recover before the next, so that the cost of each can be told. */
    private static final Duration CALM = Duration.ofSeconds(4);

    private static final Duration NODE_START = Duration.ofSeconds(10);
    private static final Duration END = Duration.ofSeconds(2);
    /** One in so many comes while another lasts. */
    private static final int TOGETHER = 5;

    public FaultPlan {
        faults = List.copyOf(faults);
    }

    /**
     * @param without kinds that cannot or shall not be had
     * @param longest of a single fault
     */
    public static FaultPlan of(long seed, int nodes, Duration length, Set<FaultKind> without, Duration longest) {
        Random random = new Random(seed);
        Deck deck = new Deck(random, without);
        List<PlannedFault> faults = new ArrayList<>();
        Duration at = BEGINNING;
        while (true) {
            PlannedFault fault = draw(deck.next(), at, random, nodes, longest);
            Duration free = free(fault, random);
            if (free.plus(END).compareTo(length) > 0) {
                return new FaultPlan(seed, nodes, length, faults);
            }
            faults.add(fault);
            if (random.nextInt(TOGETHER) == 0) {
                Duration meanwhile = at.plusMillis(fault.length().toMillis() / 2);
                PlannedFault second = draw(deck.next(), meanwhile, random, nodes, longest);
                Duration both = free(second, random);
                if (second.goesWith(fault) && both.plus(END).compareTo(length) <= 0) {
                    faults.add(second);
                    free = free.compareTo(both) > 0 ? free : both;
                }
            }
            at = free;
        }
    }

    /** When it is over and forgotten. */
    private static Duration free(PlannedFault fault, Random random) {
        Duration calm = CALM.plusMillis(random.nextLong(CALM.toMillis()));
        return fault.end()
                .plus(fault.kind().startsNodes() ? NODE_START : Duration.ZERO)
                .plus(calm);
    }

    private static PlannedFault draw(FaultKind kind, Duration at, Random random, int nodes, Duration longest) {
        int node = random.nextInt(nodes);
        int other = nodes == 1 ? node : (node + 1 + random.nextInt(nodes - 1)) % nodes;
        double part = random.nextDouble();
        return new PlannedFault(kind, at, kind.length(part * part, longest), node, other, random.nextInt(1 << 30));
    }

    /** Each kind as often as it weighs, shuffled; then again: rare kinds come, too, and at no known time. */
    private static final class Deck {
        private final Random random;
        private final List<FaultKind> cards = new ArrayList<>();
        private final Deque<FaultKind> left = new ArrayDeque<>();

        Deck(Random random, Set<FaultKind> without) {
            this.random = random;
            for (FaultKind kind : FaultKind.values()) {
                cards.addAll(Collections.nCopies(without.contains(kind) ? 0 : kind.weight, kind));
            }
        }

        FaultKind next() {
            if (left.isEmpty()) {
                Collections.shuffle(cards, random);
                left.addAll(cards);
            }
            return left.remove();
        }
    }

    /** From which {@link #parse} makes it again. */
    public String text() {
        String lines = faults.stream().map(PlannedFault::text).collect(Collectors.joining("\n"));
        return "seed %d nodes %d length %d ms\n%s\n".formatted(seed, nodes, length.toMillis(), lines);
    }

    public static FaultPlan parse(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        String[] head = lines.getFirst().split(" ");
        return new FaultPlan(
                Long.parseLong(head[1]),
                Integer.parseInt(head[3]),
                Duration.ofMillis(Long.parseLong(head[5])),
                lines.stream().skip(1).map(PlannedFault::parse).toList());
    }
}
