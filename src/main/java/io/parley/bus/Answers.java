package io.parley.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * All that one verticle answers, and the questions that it is answering: when it is to end, those who have asked still
 * wait, perhaps for something that is done already. Belongs to the verticle's context.
 */
public final class Answers {
    private final Bus bus;
    private final List<Registration> registrations = new ArrayList<>();
    private final Promise<Void> idle = Promise.promise();
    private int underWay;
    private boolean ending;

    public Answers(Bus bus) {
        this.bus = bus;
    }

    /** As {@link Bus#answer(Action, Function)}. */
    public <I extends Record, O extends Record> void add(Action<I, O> action, Function<I, Future<O>> handler) {
        registrations.add(bus.answer(action, counted(handler)));
    }

    /** As {@link Bus#answer(Action, int, Function)}. */
    public <I extends Record, O extends Record> void add(
            Action<I, O> action, int lane, Function<I, Future<O>> handler) {
        registrations.add(bus.answer(action, lane, counted(handler)));
    }

    private <I, O> Function<I, Future<O>> counted(Function<I, Future<O>> handler) {
        return input -> {
            Future<O> answer = handler.apply(input);
            underWay++;
            return answer.onComplete(any -> {
                underWay--;
                look();
            });
        };
    }

    private void look() {
        if (ending && underWay == 0) {
            idle.tryComplete();
        }
    }

    /** Completes when whoever asks is answered. */
    public Future<Void> completed() {
        return Future.all(registrations.stream().map(Registration::completed).toList())
                .mapEmpty();
    }

    /**
     * Takes no more questions.
     *
     * @return completes when all are answered; fails when that takes longer than the patience
     */
    public Future<Void> end(long patienceMs) {
        return Future.join(registrations.stream().map(Registration::end).toList())
                .transform(deaf -> {
                    ending = true;
                    look();
                    return idle.future().timeout(patienceMs, TimeUnit.MILLISECONDS);
                });
    }
}
