package io.parley.server.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.parley.support.TokenBucket;
import io.vertx.core.Future;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one session: each gets its one reply, and whoever sends what is no command, too much or too fast is
 * told so and in the end cut off.
 */
final class SessionCommands {
    private static final Logger LOG = LoggerFactory.getLogger(SessionCommands.class);
    private static final int MOST_BAD_FRAMES = 10;

    /** Refusals by the rate limit in a row after which the client is not listening to them. */
    private static final int MOST_REFUSALS = 1000;

    private final SessionServices services;
    private final Session session;
    private final Line line;
    private final TokenBucket budget;
    private final TokenBucket.Rate rate;
    private boolean greeted;
    private boolean paused;
    private int pending;
    private int badFrames;
    private int refusals;

    /** What the commands need of the connection that they came by. */
    interface Line extends Session.Connection {
        boolean isOpen();

        /** It is known whose connection this is. */
        void identified();

        /** The session is ready. */
        void begun();

        void pause();

        void resume();
    }

    record Renew(String token) {}

    record Renewed(Instant expiresAt) {}

    SessionCommands(SessionServices services, Session session, Line line) {
        this.services = services;
        this.session = session;
        this.line = line;
        this.budget = new TokenBucket(System.nanoTime());
        this.rate = TokenBucket.Rate.of(
                services.limits().commandBurst(), services.limits().commandsPerSecond());
    }

    /** Commands that have had no reply yet. */
    int pending() {
        return pending;
    }

    void onMessage(byte[] bytes) {
        try {
            if (!(Json.parse(bytes) instanceof ObjectNode command)) {
                throw AppError.of(ErrorCode.MALFORMED, "A frame must be a JSON object");
            }
            onCommand(command);
        } catch (AppError bad) {
            refuse(null, bad);
        }
    }

    private void onCommand(ObjectNode command) {
        String id = Replies.idOf(command);
        if (id == null) {
            refuse(null, AppError.field("id", "required", "must be a string of 1 to 128 characters"));
        } else if (!(command.get("type") instanceof TextNode type)) {
            refuse(id, AppError.field("type", "required", "must be a string"));
        } else {
            long wait = budget.take(rate, 1, System.nanoTime());
            if (wait > 0) {
                limit(id, wait);
            } else {
                refusals = 0;
                dispatch(id, type.textValue(), Session.fields(command));
            }
        }
    }

    private void limit(String id, long waitMs) {
        if (++refusals > MOST_REFUSALS) {
            line.close(CloseCode.TOO_MANY_REQUESTS);
        } else {
            session.error(id, AppError.rateLimited(waitMs));
        }
    }

    /** Answers a frame that is no command of ours; after some of them the client is not worth listening to. */
    void refuse(@Nullable String id, AppError error) {
        session.error(id, error);
        if (++badFrames >= MOST_BAD_FRAMES) {
            LOG.debug("session {} is cut off after {}", session.id(), error.code());
            line.close(CloseCode.BAD_FRAMES);
        }
    }

    private void dispatch(String id, String type, ObjectNode fields) {
        if (type.equals("hello")) {
            hello(id, fields);
        } else if (!session.isReady()) {
            refuse(id, AppError.of(ErrorCode.UNAUTHENTICATED, "Say hello first"));
        } else if (type.equals("ping")) {
            ping(id, fields);
        } else if (type.equals("renew")) {
            answer(id, type, renew(fields));
        } else {
            answer(id, type, services.router().run(session, type, fields));
        }
    }

    private void ping(String id, ObjectNode fields) {
        if (fields.isEmpty()) {
            session.pong(id);
        } else {
            String first = fields.fieldNames().next();
            session.error(id, AppError.field(first, "unknown", "is not a field of this command"));
        }
    }

    private void answer(String id, String type, Future<?> outcome) {
        long started = System.nanoTime();
        begun();
        outcome.onComplete(result -> {
            ended();
            long nanos = System.nanoTime() - started;
            if (result.succeeded()) {
                session.ok(id, result.result());
                services.metrics().command(type, "ok", nanos);
            } else {
                AppError error = errorOf(type, result.cause());
                session.error(id, error);
                services.metrics()
                        .command(services.router().name(type), error.code().word(), nanos);
            }
        });
    }

    private void hello(String id, ObjectNode fields) {
        if (greeted) {
            session.error(id, AppError.of(ErrorCode.CONFLICT, "This session has said hello"));
            return;
        }
        greeted = true;
        // Commands behind the hello wait in the socket until the session is ready.
        line.pause();
        services.entrance()
                .admit(session, id, fields, line::identified, line::isOpen)
                .onSuccess(ready -> line.begun())
                .onFailure(cause -> turnAway(id, cause))
                .onComplete(any -> line.resume());
    }

    private void turnAway(String id, Throwable cause) {
        AppError error = errorOf("hello", cause);
        if (error.code() == ErrorCode.VALIDATION_FAILED) {
            // It was refused before it was known who speaks; the client may say it better.
            greeted = false;
            refuse(id, error);
            return;
        }
        session.error(id, error);
        boolean stranger = error.code() == ErrorCode.UNAUTHENTICATED || error.code() == ErrorCode.ACCOUNT_SUSPENDED;
        line.close(stranger ? CloseCode.UNAUTHENTICATED : CloseCode.GOING_AWAY);
    }

    private Future<Renewed> renew(ObjectNode fields) {
        Renew renew;
        try {
            renew = Json.read(fields, Renew.class);
        } catch (AppError bad) {
            return Future.failedFuture(bad);
        }
        return services.authenticator().authenticate(renew.token()).map(this::renewed);
    }

    private Renewed renewed(Principal principal) {
        if (!principal.user().equals(session.principal().user())) {
            throw AppError.of(ErrorCode.FORBIDDEN, "The token is somebody else's");
        }
        if (!session.isOfLogin(principal)) {
            throw AppError.of(ErrorCode.FORBIDDEN, "The token is of another log-in; connect anew");
        }
        session.renew(principal);
        return new Renewed(principal.expiresAt());
    }

    private static AppError errorOf(String type, Throwable cause) {
        if (cause instanceof AppError known) {
            return known;
        }
        LOG.error("command {} failed", type, cause);
        return AppError.of(ErrorCode.INTERNAL);
    }

    /** Commands under way are bounded by not reading on: the peer feels it as back pressure. */
    private void begun() {
        if (++pending >= services.limits().pendingCommands() && !paused) {
            paused = true;
            line.pause();
        }
    }

    private void ended() {
        pending--;
        if (paused && pending <= services.limits().pendingCommands() / 2) {
            paused = false;
            line.resume();
        }
    }
}
