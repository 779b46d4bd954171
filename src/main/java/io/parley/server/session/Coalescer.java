package io.parley.server.session;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one question for many who ask the same thing at about the same time: one is under way, what comes meanwhile
 * goes into the next. Lives on one event loop.
 */
final class Coalescer<I, O> {
    private static final Logger LOG = LoggerFactory.getLogger(Coalescer.class);

    private final int most;
    private final long mostWeight;
    private final ToIntFunction<I> weight;
    private final Function<List<I>, Future<List<O>>> askAll;
    private final List<I> waiting = new ArrayList<>();
    private final List<Promise<O>> promises = new ArrayList<>();
    private boolean asking;

    /**
     * @param most questions in one
     * @param askAll answers in the order of the questions
     */
    Coalescer(int most, Function<List<I>, Future<List<O>>> askAll) {
        this(most, most, question -> 1, askAll);
    }

    /**
     * @param mostWeight of all questions in one, unless one alone has more
     * @param weight of a question: what its answer costs
     */
    Coalescer(int most, long mostWeight, ToIntFunction<I> weight, Function<List<I>, Future<List<O>>> askAll) {
        this.most = most;
        this.mostWeight = mostWeight;
        this.weight = weight;
        this.askAll = askAll;
    }

    Future<O> ask(I question) {
        Promise<O> promise = Promise.promise();
        waiting.add(question);
        promises.add(promise);
        if (!asking) {
            next();
        }
        return promise.future();
    }

    private void next() {
        asking = !waiting.isEmpty();
        if (!asking) {
            return;
        }
        int size = size();
        List<I> questions = List.copyOf(waiting.subList(0, size));
        List<Promise<O>> askers = List.copyOf(promises.subList(0, size));
        waiting.subList(0, size).clear();
        promises.subList(0, size).clear();
        askAll.apply(questions).onComplete(answer -> {
            for (int i = 0; i < size; i++) {
                settle(askers.get(i), answer, i);
            }
            next();
        });
    }

    private int size() {
        long sum = weight.applyAsInt(waiting.getFirst());
        int size = 1;
        while (size < Math.min(most, waiting.size())) {
            sum += weight.applyAsInt(waiting.get(size));
            if (sum > mostWeight) {
                break;
            }
            size++;
        }
        return size;
    }

    /** Neither a defect of one asker nor an answer that is too short may keep all others waiting for ever. */
    private static <O> void settle(Promise<O> asker, AsyncResult<List<O>> answer, int index) {
        try {
            if (answer.failed()) {
                asker.fail(answer.cause());
            } else if (index < answer.result().size()) {
                asker.complete(answer.result().get(index));
            } else {
                asker.fail("there are fewer answers than questions");
            }
        } catch (RuntimeException defect) {
            LOG.error("an answer could not be taken", defect);
        }
    }
}
