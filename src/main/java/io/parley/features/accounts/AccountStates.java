package io.parley.features.accounts;

import io.parley.features.accounts.AccountActions.Account;
import io.parley.features.accounts.AccountActions.AccountState;
import io.parley.server.persistence.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;

/**
 * Answers whether people are active, many in one query: while one is under way the next questions gather, so a
 * storm of 10,000 log-ins is a few dozen queries. Belongs to the event loop of its verticle.
 */
final class AccountStates {
    private static final int MAX_BATCH = 500;

    private static final String ACTIVE = """
            SELECT u.tenant_id, u.id
              FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.status = 'active'
             WHERE u.id = ANY ($1) AND u.status = 'active'
            """;

    private final Database database;
    private final Queue<Question> waiting = new ArrayDeque<>();
    private boolean underWay;

    AccountStates(Database database) {
        this.database = database;
    }

    private record Question(Account account, Promise<AccountState> answer) {
        void answerFrom(Map<UUID, UUID> tenants) {
            answer.complete(new AccountState(account.tenant().equals(tenants.get(account.user()))));
        }
    }

    Future<AccountState> of(Account account) {
        Question question = new Question(account, Promise.promise());
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
            UUID[] people =
                    batch.stream().map(question -> question.account().user()).toArray(UUID[]::new);
            active(people)
                    .onSuccess(tenants -> batch.forEach(question -> question.answerFrom(tenants)))
                    .onFailure(
                            cause -> batch.forEach(question -> question.answer().fail(cause)))
                    .onComplete(ignored -> askNext());
        }
    }

    /** Those of the people who are active, with their tenants. */
    Future<Map<UUID, UUID>> active(UUID[] people) {
        return database.query(ACTIVE, Tuple.tuple().addArrayOfUUID(people)).map(rows -> {
            Map<UUID, UUID> tenants = new HashMap<>();
            for (Row row : rows) {
                tenants.put(row.getUUID("id"), row.getUUID("tenant_id"));
            }
            return tenants;
        });
    }
}
