package io.parley.support.testing.campaign;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries a plan out: each fault at its time, on a thread of its own. Where one takes longer to mend than was planned,
 * the next that breaks the same thing waits for it.
 */
final class Storm {
    private static final String ALL = "all";

    private final FaultPlan plan;
    private final Consumer<PlannedFault> breaker;
    private final Consumer<String> log;
    private final Map<String, Lock> subjects = new ConcurrentHashMap<>();
    private final ReentrantReadWriteLock everything = new ReentrantReadWriteLock(true);

    /** @param breaker brings a fault about and mends it; blocks */
    Storm(FaultPlan plan, Consumer<PlannedFault> breaker, Consumer<String> log) {
        this.plan = plan;
        this.breaker = breaker;
        this.log = log;
    }

    /**
     * Begins now and returns when the plan's time is over and everything is mended.
     *
     * @param ahead how long before each fault {@code prepare} is called, if that is after the beginning of the last
     * @throws java.util.concurrent.CompletionException when a fault could not be brought about or mended
     */
    List<FaultRun> run(Duration ahead, Runnable prepare) {
        long start = System.nanoTime();
        List<CompletableFuture<FaultRun>> runs = new ArrayList<>();
        for (PlannedFault fault : plan.faults()) {
            rest(start, fault.at().minus(ahead));
            prepare.run();
            rest(start, fault.at());
            runs.add(CompletableFuture.supplyAsync(() -> run(fault), Thread::startVirtualThread));
        }
        rest(start, plan.length());
        return runs.stream().map(CompletableFuture::join).toList();
    }

    private static void rest(long start, Duration until) {
        Duration left = until.minusNanos(System.nanoTime() - start);
        if (left.isPositive()) {
            Blocking.rest(left);
        }
    }

    private FaultRun run(PlannedFault fault) {
        List<Lock> locks = locks(fault);
        locks.forEach(Lock::lock);
        long began = System.nanoTime();
        log.accept("begins: " + fault.text());
        @Nullable Throwable failure = null;
        try {
            breaker.accept(fault);
        } catch (RuntimeException | Error failed) {
            failure = failed;
            throw failed;
        } finally {
            log.accept("ends:   " + fault.text() + (failure == null ? "" : ": " + failure));
            locks.reversed().forEach(Lock::unlock);
        }
        return new FaultRun(fault, began, System.nanoTime());
    }

    /** In one order for all, so that no two wait for each other. */
    private List<Lock> locks(PlannedFault fault) {
        if (fault.subjects().contains(ALL)) {
            return List.of(everything.writeLock());
        }
        List<Lock> locks = new ArrayList<>(List.of(everything.readLock()));
        fault.subjects().stream()
                .sorted()
                .forEach(subject -> locks.add(subjects.computeIfAbsent(subject, any -> new ReentrantLock())));
        return locks;
    }
}
