package io.parley.features.search;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.parley.features.search.SearchActions.FoundMessages;
import io.parley.features.search.SearchActions.Sort;
import io.parley.server.embedded.PostgresEndpoint;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.JournalReader;
import io.parley.server.persistence.Migrations;
import io.parley.server.persistence.PgConnections;
import io.parley.support.Config;
import io.parley.support.testing.DatabaseConfig;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.TestDatabase;
import io.parley.support.testing.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A database of its own with the storage functions, the index and searches; the index follows when it is told to. */
final class SearchLab {
    final StorageSession session;
    final Database database;
    final SearchProjection projection;
    final IndexRebuild rebuild;
    final MessageSearch messages;
    private final Vertx vertx = Vertx.vertx();
    private final JournalReader journal;
    private long fence;

    SearchLab() throws Exception {
        PostgresEndpoint postgres = TestServers.shared().database("template0");
        Config config = DatabaseConfig.of(postgres, Map.of());
        Migrations.run(config.postgres());
        session = new StorageSession(new TestDatabase(TestServers.shared().url(postgres.database())));
        Pool pool = PgConnections.pool(vertx, config.postgres(), "search", 2);
        database = PgConnections.database(pool);
        journal = new JournalReader(pool);
        projection = new SearchProjection(database);
        rebuild = new IndexRebuild(database);
        // Time stands still: how far a search comes must not depend on the machine.
        messages = new MessageSearch(new SearchStore(database), () -> 0);
    }

    /** Runs something on an event loop, as the hosts do. */
    <T> T on(Supplier<Future<T>> work) throws Exception {
        return Future.<T>future(promise -> vertx.runOnContext(go ->
                        Future.succeededFuture().compose(begun -> work.get()).onComplete(promise)))
                .await(60, SECONDS);
    }

    /** Brings the index up to what is committed. */
    void follow() throws Exception {
        JournalReader.Window window;
        do {
            window = journal.finalSince(fence).await(20, SECONDS);
            JournalReader.Window next = window;
            on(() -> projection.apply(next));
            fence = window.fence();
        } while (window.rows() > 0);
    }

    JournalReader.Window windowSince(long from) throws Exception {
        return journal.finalSince(from).await(20, SECONDS);
    }

    FoundMessages find(Ask asked) throws Exception {
        return on(() -> messages.find(asked.now()));
    }

    /** Conversation and number of what is found. */
    static List<String> places(FoundMessages page) {
        return page.items().stream()
                .map(item ->
                        item.message().conversation() + " " + item.message().number())
                .toList();
    }

    /** All pages, one after the other. */
    List<String> allPages(Ask asked, Sort sort, boolean grouped, int limit) throws Exception {
        List<String> all = new ArrayList<>();
        String cursor = null;
        do {
            FoundMessages page = find(asked.sorted(sort).grouped(grouped).page(limit, cursor));
            all.addAll(places(page));
            cursor = page.next();
        } while (cursor != null);
        return all;
    }

    /** What a function of the storage answers in its field {@code outcome}. */
    String outcome(String sql, @Nullable Object... parameters) throws Exception {
        return session.query(sql, row -> row.text("outcome"), parameters).getFirst();
    }

    String edit(UUID conversation, UUID actor, UUID message, String content) throws Exception {
        return outcome(
                "SELECT outcome FROM edit_message(?, ?, ?, ?, ?, 0)",
                TestDatabase.TENANT,
                conversation,
                actor,
                message,
                content);
    }

    String delete(UUID conversation, UUID actor, UUID message) throws Exception {
        return outcome(
                "SELECT outcome FROM delete_message(?, ?, ?, ?)", TestDatabase.TENANT, conversation, actor, message);
    }

    void close() throws Exception {
        session.close();
        vertx.close().await(20, SECONDS);
    }
}
