package io.parley.server.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.bus.Awake;
import io.parley.bus.Bus;
import io.parley.server.auth.Authenticator;
import io.parley.server.auth.Device;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.Config;
import io.parley.support.ErrorCode;
import io.parley.support.Json;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What happens between {@code hello} and {@code ready}, for all sessions of one loop. The order is what makes the
 * start free of gaps: the session enters the hub and its rooms first and holds what comes; then the heads are read;
 * what was held and is newer than its head is delivered after {@code ready}.
 */
final class Entrance {
    private static final int PROTOCOL = 1;
    private static final int PEOPLE_AT_ONCE = 200;

    /** A statement has its time, and its answer goes in one message. */
    private static final long CONVERSATIONS_AT_ONCE = 20_000;

    private static final int ENTRIES_A_FRAME = 500;

    /**
     * A conversation gained while the heads are read makes one more round, and so do others who have begun with newer
     * ones; neither goes on endlessly.
     */
    private static final int MOST_ROUNDS = 5;

    private final SessionLoop loop;
    private final Hub hub;
    private final Authenticator authenticator;
    private final Config config;
    private final Coalescer<HubActions.Person, HubActions.Rooms> memberships;
    private final Coalescer<Question, Snapshot> heads;

    /** A client's hello, as in the AsyncAPI document. */
    record Hello(
            String token,
            @Nullable Integer protocol,
            @Nullable List<String> features,
            @Nullable Device device,
            @Nullable String cursor,
            @Nullable Boolean batch) {}

    private record Snapshot(UUID epoch, long fence, HubActions.AccountHeads account) {}

    /** @param rooms about how many heads there are */
    private record Question(HubActions.HeadsOf about, int rooms) {}

    /** What is to be said at the beginning: to which command, and since when. */
    private record Welcome(@Nullable String id, HubActions.@Nullable Position since, boolean batch) {}

    Entrance(SessionLoop loop, Hub hub, Bus bus, Authenticator authenticator, Config config) {
        this.loop = loop;
        this.hub = hub;
        this.authenticator = authenticator;
        this.config = config;
        int awakeMinutes = bus.clustered() ? Awake.LISTEN_MINUTES : 0;
        this.memberships = new Coalescer<>(
                PEOPLE_AT_ONCE,
                people -> bus.ask(HubActions.MEMBERSHIPS, new HubActions.Memberships(people, awakeMinutes))
                        .map(HubActions.MembershipLists::people));
        this.heads = new Coalescer<>(
                PEOPLE_AT_ONCE,
                CONVERSATIONS_AT_ONCE,
                Question::rooms,
                questions -> bus.ask(
                                HubActions.HEADS,
                                new HubActions.Heads(
                                        questions.stream().map(Question::about).toList()))
                        .map(found -> found.people().stream()
                                .map(account -> new Snapshot(found.epoch(), found.fence(), account))
                                .toList()));
    }

    /**
     * @param known called when it is clear who this is
     * @param open whether the connection is still there
     * @return completes when {@code ready} has been written and delivery has begun
     */
    Future<Void> admit(Session session, String id, ObjectNode fields, Runnable known, BooleanSupplier open) {
        try {
            Hello hello = Json.read(fields, Hello.class);
            requireProtocol(hello);
            Welcome welcome = new Welcome(
                    id,
                    hello.cursor() == null ? null : Cursor.decode(hello.cursor()),
                    Boolean.TRUE.equals(hello.batch()));
            return authenticator
                    .authenticate(hello.token())
                    .compose(principal -> {
                        requireOpen(open);
                        known.run();
                        enter(session, principal, hello.device());
                        return admit(session, welcome, open);
                    })
                    .mapEmpty();
        } catch (AppError bad) {
            return Future.failedFuture(bad);
        }
    }

    /**
     * The same for a client who has shown who he is before.
     *
     * @param since where he was; null: from the beginning
     * @return whether he is told of anything that he does not know
     */
    Future<Boolean> admit(
            Session session, Principal principal, HubActions.@Nullable Position since, BooleanSupplier open) {
        enter(session, principal, null);
        return admit(session, new Welcome(null, since, false), open);
    }

    private Future<Boolean> admit(Session session, Welcome welcome, BooleanSupplier open) {
        return memberships
                .ask(person(session.principal()))
                .compose(rooms -> snapshot(session, rooms, welcome.since(), open, 1))
                .map(snapshot -> begin(session, welcome, snapshot));
    }

    private static void requireProtocol(Hello hello) {
        if (hello.protocol() != null && hello.protocol() != PROTOCOL) {
            throw AppError.field("protocol", "range", "this server speaks protocol " + PROTOCOL);
        }
    }

    private static void requireOpen(BooleanSupplier open) {
        if (!open.getAsBoolean()) {
            throw AppError.unavailable("The connection has ended");
        }
    }

    private void enter(Session session, Principal principal, @Nullable Device device) {
        session.enter(principal, device);
        UUID login = principal.origin().login();
        hub.tell(
                parts -> parts.people().enter(principal.tenant(), principal.user(), session.id(), login, loop.index()));
    }

    private Future<Snapshot> snapshot(
            Session session,
            HubActions.Rooms rooms,
            HubActions.@Nullable Position since,
            BooleanSupplier open,
            int round) {
        requireOpen(open);
        session.subscribeAll(rooms.conversations());
        return hub.request(
                        () -> hub.parts().conversations().subscribe(loop.index(), rooms.conversations(), rooms.awake()))
                .compose(registered -> heads.ask(new Question(
                        headsOf(session.principal(), since),
                        session.subscriptions().all().size())))
                .compose(snapshot -> {
                    List<UUID> gained =
                            session.subscriptions().lacking(snapshot.account().heads());
                    return startAt(session, snapshot).compose(covered -> {
                        requireOpen(open);
                        if (covered && gained.isEmpty()) {
                            return Future.succeededFuture(snapshot);
                        }
                        return round < MOST_ROUNDS
                                ? snapshot(session, new HubActions.Rooms(gained, gained), since, open, round + 1)
                                : Future.failedFuture(AppError.unavailable("The conversations change too often"));
                    });
                });
    }

    /** @return whether everything that is newer than the snapshot is delivered */
    private Future<Boolean> startAt(Session session, Snapshot snapshot) {
        HubActions.AccountHeads account = snapshot.account();
        if (!account.active()) {
            return Future.failedFuture(AppError.of(ErrorCode.UNAUTHENTICATED, "The account or the log-in has ended"));
        }
        requireCurrent(snapshot.epoch());
        session.startAt(snapshot.epoch(), snapshot.fence(), account);
        return hub.ask(() -> hub.startAt(session.principal().user(), account));
    }

    private boolean begin(Session session, Welcome welcome, Snapshot snapshot) {
        HubActions.AccountHeads account = snapshot.account();
        requireCurrent(snapshot.epoch());
        if (welcome.batch()) {
            session.batch();
        }
        HubActions.Position since = welcome.since();
        List<Replies.ChangedEntry> entries = entries(account, since != null);
        writeReady(session, welcome.id(), entries, account.lists());
        session.begin();
        return since == null
                || !since.epoch().equals(snapshot.epoch())
                || !entries.isEmpty()
                || !account.lists().isEmpty();
    }

    /** Hub and loops would take this session for one of the epoch that they know. */
    private void requireCurrent(UUID epoch) {
        if (!epoch.equals(hub.epoch())) {
            throw AppError.unavailable("The database has been restored or replaced; try again");
        }
    }

    private static List<Replies.ChangedEntry> entries(HubActions.AccountHeads account, boolean resuming) {
        List<Replies.ChangedEntry> entries = new ArrayList<>();
        account.heads().stream()
                .filter(head -> head.changed() || !resuming)
                .map(Replies.ChangedEntry::of)
                .forEach(entries::add);
        account.lost().stream().map(Replies.ChangedEntry::removed).forEach(entries::add);
        return entries;
    }

    private void writeReady(
            Session session, @Nullable String id, List<Replies.ChangedEntry> entries, List<String> lists) {
        int first = Math.min(ENTRIES_A_FRAME, entries.size());
        String cursor = session.bookmark().cursor();
        List<TextFrame> frames = new ArrayList<>();
        frames.add(Replies.frame(new Replies.Ready(
                "ready",
                id,
                session.id().toString(),
                session.principal().user().toString(),
                PROTOCOL,
                session.bookmark().epoch().toString(),
                config.session().heartbeatMs(),
                limits(),
                cursor,
                session.bookmark().userVersion(),
                entries.subList(0, first),
                first == entries.size(),
                lists.isEmpty() ? null : lists)));
        for (int from = first; from < entries.size(); from += ENTRIES_A_FRAME) {
            int to = Math.min(from + ENTRIES_A_FRAME, entries.size());
            frames.add(Replies.changed(entries.subList(from, to), to == entries.size(), cursor));
        }
        session.welcome(frames);
    }

    private Replies.Limits limits() {
        Config.Session limits = config.session();
        return new Replies.Limits(
                limits.maxFrameBytes(),
                config.limits().textBytes(),
                limits.pendingCommands(),
                limits.commandsPerSecond(),
                limits.outboundBytes());
    }

    private static HubActions.HeadsOf headsOf(Principal principal, HubActions.@Nullable Position since) {
        return new HubActions.HeadsOf(person(principal), principal.origin(), since);
    }

    private static HubActions.Person person(Principal principal) {
        return new HubActions.Person(principal.tenant(), principal.user());
    }
}
