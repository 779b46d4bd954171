package io.parley.support.testing.campaign;

import io.parley.support.Ids;
import io.parley.support.testing.checker.Content;
import io.parley.support.testing.checker.Entry;
import io.parley.support.testing.checker.History;
import io.parley.support.testing.client.CommandFailure;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.client.PersonApi;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/**
 * Somebody who sends over REST, one message after another: what has no answer is sent again with the same id, which
 * may well reach another node. Some he sends twice at the same moment. All on one context.
 */
final class RestSender {
    private static final long RETRY_MS = 150;

    private final Vertx vertx;
    private final Context context;
    private final PersonApi api;
    private final History history;
    private final Deque<Letter> waiting = new ArrayDeque<>();
    private boolean sending;

    RestSender(Vertx vertx, Person person, PersonApi api) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.api = api;
        this.history = new History(person.name() + "/rest", person.id());
    }

    private record Letter(UUID conversation, UUID id, String text, boolean twice) {}

    History history() {
        return history;
    }

    void send(UUID conversation, String text, boolean twice) {
        context.runOnContext(now -> {
            waiting.add(new Letter(conversation, Ids.next(), text, twice));
            next();
        });
    }

    Future<Boolean> isSettled() {
        return Future.future(answer -> context.runOnContext(now -> answer.complete(!sending && waiting.isEmpty())));
    }

    private void next() {
        if (!sending && !waiting.isEmpty()) {
            sending = true;
            deliver(waiting.remove());
        }
    }

    private void deliver(Letter letter) {
        Future<?> all = letter.twice() ? Future.join(attempt(letter), attempt(letter)) : attempt(letter);
        all.onComplete(done -> context.runOnContext(now -> {
            if (done.failed() && isPassing(done.cause())) {
                vertx.setTimer(RETRY_MS, again -> deliver(letter));
            } else {
                sending = false;
                next();
            }
        }));
    }

    private static boolean isPassing(Throwable cause) {
        return !(cause instanceof CommandFailure failure) || isPassing(failure);
    }

    /** A token may be refused by a node whose clock is wrong. */
    private static boolean isPassing(CommandFailure failure) {
        return failure.isPassing() || failure.status() == 401;
    }

    private Future<Void> attempt(Letter letter) {
        history.add(new Entry.Sent(letter.conversation(), letter.id(), Content.hash(letter.text())));
        return api.send(letter.conversation(), letter.id(), letter.text())
                .onSuccess(stored -> history.add(new Entry.Acked(
                        letter.conversation(),
                        letter.id(),
                        stored.path("number").asLong(),
                        stored.path("version").asLong())))
                .onFailure(failed -> history.add(new Entry.Failed(
                        letter.conversation(),
                        letter.id(),
                        failed instanceof CommandFailure failure ? failure.code() : failed.toString(),
                        isPassing(failed))))
                .mapEmpty();
    }
}
