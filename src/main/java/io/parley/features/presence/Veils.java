package io.parley.features.presence;

import io.parley.features.contacts.ContactActions.Blockers;
import io.parley.features.contacts.ContactActions.People;
import io.parley.features.contacts.ContactActions.Person;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Asks who hides from the sessions of one event loop, for many in one question, whomever they look at. One question is under
 * way, so that an answer is never followed by an older one; what is asked for meanwhile goes into the next. Lives on the
 * event loop.
 */
public final class Veils {
    private static final int MOST_AT_ONCE = 500;

    /** Somebody who looks at others. */
    public interface Onlooker {
        Person person();

        /** Who hides from him is known, as of now. */
        void veiled(Veil veil);
    }

    private final Function<People, Future<Blockers>> ask;
    private final Map<Onlooker, Promise<Void>> waiting = new LinkedHashMap<>();
    private boolean asking;

    public Veils(Function<People, Future<Blockers>> ask) {
        this.ask = ask;
    }

    /** Asks anew; done when what is known is not older than this call. A failure is tried again by {@link #askAgain}. */
    public Future<Void> renew(Onlooker onlooker) {
        Future<Void> renewed =
                waiting.computeIfAbsent(onlooker, any -> Promise.promise()).future();
        if (!asking) {
            askNext();
        }
        return renewed;
    }

    /** The session is over. */
    public void forget(Onlooker onlooker) {
        waiting.remove(onlooker);
    }

    /** To be called now and then: what could not be asked is asked again. */
    public void askAgain() {
        if (!asking) {
            askNext();
        }
    }

    private void askNext() {
        List<Onlooker> some = waiting.keySet().stream().limit(MOST_AT_ONCE).toList();
        if (some.isEmpty()) {
            return;
        }
        List<Promise<Void>> promises = new ArrayList<>(some.size());
        some.forEach(onlooker -> promises.add(waiting.remove(onlooker)));
        asking = true;
        ask.apply(new People(some.stream().map(Onlooker::person).toList()))
                .onSuccess(answer -> {
                    for (int i = 0; i < some.size(); i++) {
                        some.get(i).veiled(Veil.of(answer.people().get(i)));
                        promises.get(i).complete();
                    }
                    asking = false;
                    askNext();
                })
                .onFailure(cause -> {
                    some.forEach(onlooker -> waiting.computeIfAbsent(onlooker, any -> Promise.promise()));
                    promises.forEach(promise -> promise.fail(cause));
                    asking = false;
                });
    }
}
