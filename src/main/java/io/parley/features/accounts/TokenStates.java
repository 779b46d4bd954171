package io.parley.features.accounts;

import io.parley.features.accounts.AccountActions.Token;
import io.parley.features.accounts.AccountActions.TokenState;
import io.parley.features.devices.DeviceActions.Sighting;
import io.parley.server.auth.Device;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers whether tokens hold, many in one query: while one is under way the next questions gather, so a storm of
 * 10,000 log-ins is a few dozen queries. Who is asked for is in use; that is passed on when it was not for long, and
 * nobody waits for it. Belongs to the event loop of its verticle.
 */
final class TokenStates {
    private static final int MAX_BATCH = 500;

    private static final String STATES = """
            SELECT holds, device_id, platform, device_name, app_version, unnoted FROM token_states($1, $2, $3, $4)
             ORDER BY ord""";

    private final Database database;
    private final Consumer<List<Sighting>> inUse;
    private final Queue<Question> waiting = new ArrayDeque<>();
    private boolean underWay;

    /** @param inUse hears of log-ins in use of which that is not known */
    TokenStates(Database database, Consumer<List<Sighting>> inUse) {
        this.database = database;
        this.inUse = inUse;
    }

    private record Question(Token token, Promise<TokenState> answer) {}

    Future<TokenState> of(Token token) {
        Question question = new Question(token, Promise.promise());
        waiting.add(question);
        if (!underWay) {
            askNext();
        }
        return question.answer().future();
    }

    private void askNext() {
        List<Question> batch = new ArrayList<>();
        while (batch.size() < MAX_BATCH && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        underWay = !batch.isEmpty();
        if (underWay) {
            List<Token> tokens = batch.stream().map(Question::token).toList();
            database.query(STATES, columns(tokens))
                    .onSuccess(rows -> answer(batch, rows))
                    .onFailure(
                            cause -> batch.forEach(question -> question.answer().fail(cause)))
                    .onComplete(ignored -> askNext());
        }
    }

    private static Tuple columns(List<Token> tokens) {
        return Tuple.tuple()
                .addArrayOfUUID(tokens.stream().map(Token::tenant).toArray(UUID[]::new))
                .addArrayOfUUID(tokens.stream().map(Token::user).toArray(UUID[]::new))
                .addArrayOfUUID(
                        tokens.stream().map(token -> token.origin().login()).toArray(UUID[]::new))
                .addArrayOfOffsetDateTime(tokens.stream()
                        .map(token -> time(token.origin().issuedAt()))
                        .toArray(OffsetDateTime[]::new));
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private void answer(List<Question> batch, Iterable<Row> rows) {
        List<Sighting> unnoted = new ArrayList<>();
        var row = rows.iterator();
        for (Question question : batch) {
            Row state = row.next();
            question.answer().complete(new TokenState(state.getBoolean("holds"), device(state)));
            if (state.getBoolean("holds") && state.getBoolean("unnoted")) {
                Token token = question.token();
                unnoted.add(new Sighting(
                        token.tenant(), Objects.requireNonNull(token.origin().login()), null));
            }
        }
        if (!unnoted.isEmpty()) {
            inUse.accept(unnoted);
        }
    }

    private static @Nullable Device device(Row row) {
        return Device.of(
                row.getString("device_id"),
                row.getString("platform"),
                row.getString("device_name"),
                row.getString("app_version"));
    }
}
