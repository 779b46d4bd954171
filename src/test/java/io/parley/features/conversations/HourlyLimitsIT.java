package io.parley.features.conversations;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.PersistenceLab;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.Created;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.Provision;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.invites.InviteActions;
import io.parley.features.invites.InviteActions.Accept;
import io.parley.features.invites.InviteActions.Invite;
import io.parley.features.invites.InviteActions.NewInvite;
import io.parley.features.invites.InvitesFeature;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How many conversations somebody may make and join in an hour. */
class HourlyLimitsIT {
    private static final int PER_HOUR = 5;
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(
            (config, metrics) -> List.of(new ConversationsFeature(config), new InvitesFeature(config)));

    private final UUID ada = LAB.person();
    private final UUID grace = LAB.person();

    private static Create creation(UUID creator, UUID id) {
        NewConversation group = new NewConversation(id, "group", "Room", List.of(), "public", null);
        return new Create(TENANT, creator, id, group, PER_HOUR);
    }

    private Future<Created> ask(Create create) {
        return LAB.bus().ask(ConversationActions.CREATE, create.id(), create);
    }

    private UUID created(UUID creator) {
        UUID id = Ids.next();
        PersistenceLab.await(ask(creation(creator, id)));
        return id;
    }

    private AppError refusedCreation(UUID creator) {
        Create create = creation(creator, Ids.next());
        return LAB.refusal(ConversationActions.CREATE, create.id(), create);
    }

    private static AddMembers joining(UUID person, UUID room) {
        return new AddMembers(TENANT, person, room, List.of(person), "member", PER_HOUR);
    }

    /** Whether he is in now. */
    private static boolean joins(UUID person, UUID room) {
        return PersistenceLab.await(LAB.bus()
                .ask(ConversationActions.ADD_MEMBERS, room, joining(person, room))
                .map(true)
                .recover(refused -> Future.succeededFuture(false)));
    }

    private static long wait(AppError refused) {
        assertThat(refused.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        return Objects.requireNonNull(refused.retryAfterMs());
    }

    /** As if what was done before had been done so much earlier. */
    private static void pass(UUID person, long ms) {
        LAB.update(
                "UPDATE hourly_uses SET used_at = ARRAY(SELECT at - ? * interval '1 millisecond'"
                        + " FROM unnest(used_at) WITH ORDINALITY AS u (at, ord) ORDER BY ord) WHERE user_id = ?",
                ms,
                person);
    }

    @Test
    void soManyAreMadeInAnHourAndTheNextWhenTheFirstIsAnHourOld() {
        for (int i = 0; i < PER_HOUR; i++) {
            created(ada);
        }

        long wait = wait(refusedCreation(ada));
        assertThat(wait).isBetween(HOUR_MS - 60_000, HOUR_MS);
        created(grace);

        pass(ada, wait);
        created(ada);
    }

    @Test
    void ofManyAtOnceExactlySoManyAreMade() {
        List<Future<Created>> asked =
                Stream.generate(() -> ask(creation(ada, Ids.next()))).limit(40).toList();

        PersistenceLab.await(Future.join(asked).transform(done -> Future.succeededFuture()));

        assertThat(asked).filteredOn(Future::succeeded).hasSize(PER_HOUR);
        assertThat(LAB.number("SELECT count(*) FROM conversations WHERE created_by = ?", ada))
                .isEqualTo(PER_HOUR);
    }

    @Test
    void whatIsThereAlreadyIsAnsweredAndDoesNotCount() {
        Create group = creation(ada, Ids.next());
        NewConversation direct = new NewConversation(null, "direct", null, List.of(grace), null, null);
        for (int i = 0; i < 2 * PER_HOUR; i++) {
            UUID id = Ids.next();
            PersistenceLab.await(ask(group));
            PersistenceLab.await(ask(new Create(TENANT, ada, id, direct, PER_HOUR)));
        }
        for (int i = 0; i < PER_HOUR - 2; i++) {
            created(ada);
        }
        assertThat(wait(refusedCreation(ada))).isPositive();

        assertThat(PersistenceLab.await(ask(group)).existed()).isTrue();
        assertThat(PersistenceLab.await(ask(new Create(TENANT, ada, Ids.next(), direct, PER_HOUR)))
                        .existed())
                .isTrue();
    }

    @Test
    void whatCannotBeMadeDoesNotCount() {
        for (int i = 0; i < 2 * PER_HOUR; i++) {
            UUID id = Ids.next();
            NewConversation strange = new NewConversation(id, "group", "Room", List.of(Ids.next()), null, null);
            assertThat(LAB.refusal(ConversationActions.CREATE, id, new Create(TENANT, ada, id, strange, PER_HOUR))
                            .code())
                    .isEqualTo(ErrorCode.NOT_FOUND);
        }

        created(ada);
    }

    @Test
    void anOperatorMakesAsManyAsHeLikes() {
        List<NewConversation> many = Stream.generate(
                        () -> new NewConversation(null, "group", "Room", List.of(ada, grace), null, null))
                .limit(50)
                .toList();

        assertThat(LAB.ask(ConversationActions.PROVISION, new Provision(many)).items())
                .allMatch(made -> made.id() != null);
        created(ada);
    }

    @Test
    void ofManyAtOnceExactlySoManyAreJoined() {
        List<UUID> rooms = Stream.generate(() -> room(grace)).limit(30).toList();

        List<Future<?>> asked = new ArrayList<>();
        rooms.forEach(room -> asked.add(LAB.bus().ask(ConversationActions.ADD_MEMBERS, room, joining(ada, room))));
        PersistenceLab.await(Future.join(asked).transform(done -> Future.succeededFuture()));

        assertThat(asked).filteredOn(Future::succeeded).hasSize(PER_HOUR);
        assertThat(LAB.number("SELECT count(*) FROM members WHERE user_id = ? AND active", ada))
                .isEqualTo(PER_HOUR);
    }

    private static UUID room(UUID owner) {
        UUID id = Ids.next();
        NewConversation group = new NewConversation(id, "group", "Room", List.of(), "public", null);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, owner, id, group));
        return id;
    }

    @Test
    void onlyComingInOfOnesOwnAccordIsJoining() {
        UUID room = room(grace);
        for (int i = 0; i < 2 * PER_HOUR; i++) {
            UUID other = room(grace);
            LAB.ask(
                    ConversationActions.ADD_MEMBERS,
                    other,
                    new AddMembers(TENANT, grace, other, List.of(ada), "member", PER_HOUR));
        }
        for (int i = 0; i < PER_HOUR; i++) {
            assertThat(joins(ada, room)).isTrue();
            LAB.ask(ConversationActions.REMOVE_MEMBER, room, new RemoveMember(TENANT, ada, room, ada));
        }

        AppError refused = LAB.refusal(ConversationActions.ADD_MEMBERS, room, joining(ada, room));
        assertThat(wait(refused)).isBetween(HOUR_MS - 60_000, HOUR_MS);
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                room,
                new AddMembers(TENANT, grace, room, List.of(ada), "member", PER_HOUR));
    }

    @Test
    void aLinkIsAWayOfJoiningToo() {
        List<Invite> links = new ArrayList<>();
        List<UUID> rooms = Stream.generate(() -> room(grace)).limit(20).toList();
        rooms.forEach(room -> links.add(LAB.ask(
                InviteActions.CREATE, room, new NewInvite(TENANT, grace, room, Ids.next(), "member", null, null))));
        assertThat(joins(ada, room(grace))).isTrue();

        List<Future<?>> asked = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            asked.add(LAB.bus().ask(InviteActions.ACCEPT, rooms.get(i), accepting(rooms.get(i), links.get(i))));
        }
        PersistenceLab.await(Future.join(asked).transform(done -> Future.succeededFuture()));

        assertThat(asked).filteredOn(Future::succeeded).hasSize(PER_HOUR - 1);
        assertThat(joins(ada, room(grace))).isFalse();
        for (int i = 0; i < links.size(); i++) {
            if (asked.get(i).succeeded()) {
                // Who is in is told so, whatever is left to him.
                assertThat(joins(ada, rooms.get(i))).isTrue();
                LAB.ask(InviteActions.ACCEPT, rooms.get(i), accepting(rooms.get(i), links.get(i)));
            }
        }
    }

    private Accept accepting(UUID room, Invite link) {
        return new Accept(TENANT, ada, room, Objects.requireNonNull(link.token()), PER_HOUR);
    }

    @Test
    void aRandomCourseOfHoursGoesAsByANaiveCount() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        List<Long> times = new ArrayList<>();
        long clock = 0;
        for (int step = 0; step < 150; step++) {
            // By minutes and a bit, beside which what the steps themselves take is nothing.
            long pause = (random.nextInt(5) == 0 ? random.nextInt(90) : random.nextInt(15)) * 60_000L + 20_000;
            clock += pause;
            pass(ada, pause);
            long hourAgo = clock - HOUR_MS;
            times.removeIf(time -> time <= hourAgo);
            boolean goes = times.size() < PER_HOUR;

            boolean made = PersistenceLab.await(ask(creation(ada, Ids.next()))
                    .map(true)
                    .recover(refused -> {
                        long first = times.getFirst();
                        assertThat(wait((AppError) refused))
                                .as("seed %d", seed)
                                .isCloseTo(first - hourAgo, org.assertj.core.data.Offset.offset(15_000L));
                        return Future.succeededFuture(false);
                    }));

            assertThat(made).as("seed %d, step %d", seed, step).isEqualTo(goes);
            if (goes) {
                times.add(clock);
            }
        }
    }
}
