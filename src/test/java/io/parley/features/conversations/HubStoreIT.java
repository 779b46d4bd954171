package io.parley.features.conversations;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.parley.bus.Closing;
import io.parley.bus.Frame;
import io.parley.features.PersistenceLab;
import io.parley.features.conversations.ConversationActions.AddMembers;
import io.parley.features.conversations.ConversationActions.Create;
import io.parley.features.conversations.ConversationActions.NewConversation;
import io.parley.features.conversations.ConversationActions.Provision;
import io.parley.features.conversations.ConversationActions.RemoveMember;
import io.parley.features.messages.MessageActions;
import io.parley.features.messages.MessagesFeature;
import io.parley.features.receipts.ReceiptActions;
import io.parley.features.receipts.ReceiptsFeature;
import io.parley.server.auth.Origin;
import io.parley.server.session.HubActions;
import io.parley.server.session.HubActions.AccountHeads;
import io.parley.server.session.HubActions.Head;
import io.parley.server.session.HubActions.HeadLists;
import io.parley.server.session.HubActions.Heads;
import io.parley.server.session.HubActions.HeadsOf;
import io.parley.server.session.HubActions.Memberships;
import io.parley.server.session.HubActions.Person;
import io.parley.server.session.HubActions.PersonalRepair;
import io.parley.server.session.HubActions.PersonalRepaired;
import io.parley.server.session.HubActions.Position;
import io.parley.server.session.HubActions.Stay;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the hub is told about people, against what reading table by table tells. */
class HubStoreIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab((config, metrics) -> List.of(
            new ConversationsFeature(config), new MessagesFeature(config, metrics), new ReceiptsFeature(config)));

    private final Random random = new Random(SEED);
    private final List<UUID> people = LAB.people(8);
    private final List<UUID> conversations = new ArrayList<>();

    @BeforeEach
    void begin() {
        System.out.println("-Dseed=" + SEED);
        for (int i = 0; i < 12; i++) {
            create();
        }
    }

    @Test
    void membershipsAndHeadsAreWhatTheTablesSay() {
        live(60);

        await().untilAsserted(() -> {
            HeadLists found = heads(people, Map.of());
            assertThat(found.people()).hasSameSizeAs(people);
            for (int i = 0; i < people.size(); i++) {
                UUID person = people.get(i);
                AccountHeads account = found.people().get(i);
                assertThat(account.active()).isTrue();
                assertThat(account.userVersion()).isEqualTo(userVersion(person));
                assertThat(account.lost()).isEmpty();
                assertThat(account.heads()).containsExactlyInAnyOrderElementsOf(naive(person));
            }
        });
        assertThat(LAB.ask(HubActions.MEMBERSHIPS, new Memberships(persons(people), 0))
                        .people())
                .hasSameSizeAs(people)
                .zipSatisfy(
                        people,
                        (memberships, person) -> assertThat(memberships.conversations())
                                .containsExactlyInAnyOrderElementsOf(naive(person).stream()
                                        .map(Head::conversation)
                                        .toList()));
    }

    @Test
    void whoComesBackIsToldExactlyWhatHasChanged() {
        live(60);
        HeadLists before = heads(people, Map.of());
        Map<UUID, Position> since = positions(before);

        live(15);

        HeadLists after = heads(people, since);
        for (int i = 0; i < people.size(); i++) {
            UUID person = people.get(i);
            Map<UUID, Long> then = versions(before.people().get(i));
            Map<UUID, Long> now = versions(after.people().get(i));
            Set<UUID> concerned = concerned(person, before.people().get(i).userVersion());
            for (Head head : after.people().get(i).heads()) {
                boolean same = now.get(head.conversation()).equals(then.get(head.conversation()))
                        && !concerned.contains(head.conversation());
                assertThat(head.changed()).as(head.toString()).isEqualTo(!same);
            }
            assertThat(after.people().get(i).lost())
                    .allSatisfy(lost -> assertThat(lost.version()).isEqualTo(lostWith(person, lost.conversation())))
                    .extracting(HubActions.Lost::conversation)
                    // Also what he has both gained and lost since: he may have been told of it before he went away.
                    .containsExactlyInAnyOrderElementsOf(Stream.concat(then.keySet().stream(), concerned.stream())
                            .distinct()
                            .filter(conversation -> !now.containsKey(conversation))
                            .toList());
        }
    }

    @Test
    void whoComesFromAnotherEpochOrFromTheFutureComesFromNowhere() {
        live(30);
        UUID person = people.getFirst();
        HeadLists now = heads(List.of(person), Map.of());
        long version = now.people().getFirst().userVersion();

        for (Position since : List.of(
                new Position(Ids.next(), version, now.fence()), new Position(now.epoch(), version + 1, now.fence()))) {
            AccountHeads account =
                    heads(List.of(person), Map.of(person, since)).people().getFirst();
            assertThat(account.heads()).isNotEmpty().allMatch(Head::changed);
            assertThat(account.lost()).isEmpty();
        }
        AccountHeads still = heads(List.of(person), Map.of(person, new Position(now.epoch(), version, now.fence())))
                .people()
                .getFirst();
        assertThat(still.heads()).noneMatch(Head::changed);
    }

    @Test
    void aChangeStillUnderWayWhenThePositionWasTakenIsToldTheNextTime() throws Exception {
        UUID person = LAB.person();
        UUID id = create(person, people.getFirst());
        Position since;
        try (var other = LAB.connect()) {
            other.setAutoCommit(false);
            other.createStatement()
                    .execute("UPDATE conversation_counters SET last_version = last_version + 1,"
                            + " changed_xid = pg_current_xact_id() WHERE id = '" + id + "'");
            HeadLists then = heads(List.of(person), Map.of());
            since = new Position(then.epoch(), then.people().getFirst().userVersion(), then.fence());
            send(person, create(person, people.getFirst()));
            other.commit();
        }

        AccountHeads account =
                heads(List.of(person), Map.of(person, since)).people().getFirst();

        assertThat(account.heads())
                .filteredOn(head -> head.conversation().equals(id))
                .singleElement()
                .matches(Head::changed);
    }

    @Test
    void whoIsNotActiveOrUnknownIsNoAccount() {
        UUID suspended = people.getFirst();
        LAB.update("UPDATE users SET status = 'suspended' WHERE id = ?", suspended);

        HeadLists found = heads(List.of(suspended, Ids.next()), Map.of());

        assertThat(found.people()).extracting(AccountHeads::active).containsExactly(false, false);
        assertThat(found.people().getLast().heads()).isEmpty();
        assertThat(LAB.ask(HubActions.PERSONAL_REPAIR, new PersonalRepair(TENANT, suspended, 0))
                        .closing())
                .isEqualTo(Closing.ALL);
        LAB.update("UPDATE users SET status = 'active' WHERE id = ?", suspended);
    }

    @Test
    void aPersonalRepairTellsTheStateOfWhatConcernedThePerson() {
        live(60);
        for (UUID person : people) {
            long after = random.nextLong(userVersion(person) + 1);

            PersonalRepaired found = LAB.ask(HubActions.PERSONAL_REPAIR, new PersonalRepair(TENANT, person, after));

            JsonNode frame = LAB.checked(Json.parse(found.frame().getBytes()));
            assertThat(found.userVersion()).isEqualTo(userVersion(person));
            assertThat(frame.get("after").longValue()).isEqualTo(after);
            assertThat(frame.get("userVersion").longValue()).isEqualTo(found.userVersion());
            assertThat(frame.get("changed"))
                    .hasSize(found.stays().size() + found.lost().size());
            Set<UUID> changed = concerned(person, after);
            assertThat(found.stays())
                    .extracting(Stay::conversation)
                    .containsExactlyInAnyOrderElementsOf(changed.stream()
                            .filter(conversation -> member(person, conversation))
                            .toList());
            assertThat(found.lost())
                    .containsExactlyInAnyOrderElementsOf(changed.stream()
                            .filter(conversation -> !member(person, conversation))
                            .toList());
        }
    }

    @Test
    void aLongPersonalRepairComesInPartsWithoutAGap() {
        UUID person = LAB.person();
        List<NewConversation> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            many.add(new NewConversation(null, "group", "Group " + i, List.of(person), null, null));
        }
        LAB.ask(ConversationActions.PROVISION, new Provision(many));
        LAB.ask(ConversationActions.PROVISION, new Provision(many.subList(0, 100)));

        Set<UUID> found = new HashSet<>();
        List<Long> versions = new ArrayList<>();
        for (long after = 0; after < userVersion(person); after = versions.getLast()) {
            PersonalRepaired part = LAB.ask(HubActions.PERSONAL_REPAIR, new PersonalRepair(TENANT, person, after));
            LAB.checked(Json.parse(part.frame().getBytes()));
            part.stays().forEach(stay -> found.add(stay.conversation()));
            versions.add(part.userVersion());
        }

        assertThat(versions).containsExactly(500L, 1_000L, 1_100L);
        assertThat(found).hasSize(1_100);
    }

    @Test
    void whoHasMissedEventsIsToldWhichOfHisListsHaveChanged() {
        UUID person = LAB.person();
        touch(person, "contacts");
        HeadLists then = heads(List.of(person), Map.of());
        touch(person, "stars", "blocks", "stars");
        long after = then.people().getFirst().userVersion();
        assertThat(userVersion(person)).isEqualTo(after + 3);

        Position since = new Position(then.epoch(), after, then.fence());
        assertThat(account(person, since).lists()).containsExactly("blocks", "stars");
        assertThat(heads(List.of(person), Map.of()).people().getFirst().lists()).isEmpty();
        PersonalRepaired found = LAB.ask(HubActions.PERSONAL_REPAIR, new PersonalRepair(TENANT, person, after));
        assertThat(found.userVersion()).isEqualTo(after + 3);
        assertThat(LAB.checked(Json.parse(found.frame().getBytes())).get("lists"))
                .extracting(JsonNode::asText)
                .containsExactly("blocks", "stars");
    }

    private static void touch(UUID person, String... lists) {
        LAB.column(
                Long.class,
                "SELECT user_version FROM touch_lists(array_fill(?::uuid, ARRAY[?]), array_fill(?::uuid, ARRAY[?]), ?)",
                TENANT,
                lists.length,
                person,
                lists.length,
                lists);
    }

    @Test
    void aRepairTellsWhoCameAndWhoWasNotInAllTheTime() {
        UUID owner = LAB.person();
        UUID goes = LAB.person();
        UUID returns = LAB.person();
        UUID comes = LAB.person();
        UUID id = create(owner, LAB.person());
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                id,
                new AddMembers(TENANT, owner, id, List.of(goes, returns), "member"));
        long after = LAB.number("SELECT last_version FROM conversation_counters WHERE id = ?", id);
        for (UUID one : List.of(goes, returns)) {
            LAB.ask(ConversationActions.REMOVE_MEMBER, id, new RemoveMember(TENANT, owner, id, one));
        }
        LAB.ask(
                ConversationActions.ADD_MEMBERS,
                id,
                new AddMembers(TENANT, owner, id, List.of(returns, comes), "member"));

        HubActions.Repaired found = LAB.ask(HubActions.REPAIR, new HubActions.Repair(id, after));

        assertThat(found.joined())
                .containsExactlyInAnyOrder(new Frame.Joining(returns, 3), new Frame.Joining(comes, 1));
        assertThat(found.out()).containsExactlyInAnyOrder(goes, returns, comes);
    }

    /** Some steps of what people do. */
    private void live(int steps) {
        for (int i = 0; i < steps; i++) {
            UUID conversation = conversations.get(random.nextInt(conversations.size()));
            List<UUID> members = LAB.column(
                    UUID.class,
                    "SELECT user_id FROM members WHERE conversation_id = ? AND active ORDER BY role = 'owner' DESC, user_id",
                    conversation);
            UUID owner = members.getFirst();
            UUID member = members.get(random.nextInt(members.size()));
            UUID anybody = people.get(random.nextInt(people.size()));
            switch (random.nextInt(6)) {
                case 0, 1 -> send(member, conversation);
                case 2 ->
                    LAB.ask(
                            ReceiptActions.MARK,
                            conversation,
                            new ReceiptActions.MarkUpTo(
                                    TENANT, member, conversation, ReceiptActions.Kind.READ, random.nextInt(20)));
                case 3 ->
                    LAB.ask(
                            ConversationActions.ADD_MEMBERS,
                            conversation,
                            new AddMembers(TENANT, owner, conversation, List.of(anybody), "member"));
                case 4 ->
                    LAB.ask(
                            ConversationActions.UPDATE,
                            conversation,
                            new ConversationActions.Update(
                                    TENANT,
                                    owner,
                                    conversation,
                                    JsonNodeFactory.instance
                                            .objectNode()
                                            .put("history", random.nextBoolean() ? "all" : "since_join")));
                default -> {
                    if (!member.equals(owner)) {
                        LAB.ask(
                                ConversationActions.REMOVE_MEMBER,
                                conversation,
                                new RemoveMember(TENANT, owner, conversation, member));
                    }
                }
            }
        }
    }

    private void create() {
        UUID owner = people.get(random.nextInt(people.size()));
        conversations.add(create(owner, people.get(random.nextInt(people.size()))));
    }

    private static UUID create(UUID owner, UUID other) {
        UUID id = Ids.next();
        String history = id.hashCode() % 2 == 0 ? "all" : "since_join";
        NewConversation group = new NewConversation(id, "group", "Group", List.of(other), null, history);
        LAB.ask(ConversationActions.CREATE, id, new Create(TENANT, owner, id, group));
        return id;
    }

    @Test
    void versionsComeInTheOrderOfTheQuestionAndAreNoneWhereNothingIs() {
        UUID room = conversations.getFirst();
        UUID person = people.getFirst();
        UUID none = Ids.next();

        HubActions.Versions found = LAB.ask(
                HubActions.VERSIONS, new HubActions.Followed(List.of(none, room), persons(List.of(person, none))));

        assertThat(found.conversations())
                .containsExactly(0L, LAB.number("SELECT last_version FROM conversation_counters WHERE id = ?", room));
        assertThat(found.people()).containsExactly(userVersion(person), 0L);
    }

    /** After a restored backup, before the epoch has changed. */
    @Test
    void aCursorFromTheFutureIsNone() {
        UUID person = people.getFirst();
        HeadLists now = heads(List.of(person), Map.of());
        long version = userVersion(person);

        Position present = new Position(now.epoch(), version, now.fence());
        Position future = new Position(now.epoch(), version, now.fence() + 1_000_000);

        assertThat(account(person, present).heads()).noneMatch(Head::changed);
        assertThat(account(person, future).heads()).allMatch(Head::changed);
    }

    private static AccountHeads account(UUID person, Position since) {
        return heads(List.of(person), Map.of(person, since)).people().getFirst();
    }

    private static void send(UUID sender, UUID conversation) {
        LAB.ask(
                MessageActions.SEND,
                conversation,
                MessageActions.Send.text(TENANT, sender, conversation, Ids.next(), "Hello"));
    }

    private static List<Person> persons(List<UUID> users) {
        return users.stream().map(user -> new Person(TENANT, user)).toList();
    }

    private static HeadLists heads(List<UUID> users, Map<UUID, Position> since) {
        return LAB.ask(
                HubActions.HEADS,
                new Heads(users.stream()
                        .map(user -> new HeadsOf(new Person(TENANT, user), Origin.issued(null), since.get(user)))
                        .toList()));
    }

    private Map<UUID, Position> positions(HeadLists heads) {
        Map<UUID, Position> positions = new HashMap<>();
        for (int i = 0; i < heads.people().size(); i++) {
            positions.put(
                    people.get(i),
                    new Position(heads.epoch(), heads.people().get(i).userVersion(), heads.fence()));
        }
        return positions;
    }

    /** Conversations and their versions. A sender's own mark moves later and without a version: it does not count. */
    private static Map<UUID, Long> versions(AccountHeads account) {
        return account.heads().stream().collect(Collectors.toMap(Head::conversation, Head::lastVersion));
    }

    private static Set<UUID> concerned(UUID person, long after) {
        return new HashSet<>(LAB.column(
                UUID.class,
                "SELECT conversation_id FROM user_conversations WHERE user_id = ? AND user_version > ?",
                person,
                after));
    }

    private static long lostWith(UUID person, UUID conversation) {
        return LAB.number(
                "SELECT max(to_version) FROM member_intervals WHERE user_id = ? AND conversation_id = ?",
                person,
                conversation);
    }

    private static long userVersion(UUID person) {
        return LAB.number("SELECT coalesce(max(user_version), 0) FROM user_counters WHERE user_id = ?", person);
    }

    private static boolean member(UUID person, UUID conversation) {
        return LAB.number(
                        "SELECT count(*) FROM members WHERE user_id = ? AND conversation_id = ? AND active",
                        person,
                        conversation)
                == 1;
    }

    private static List<Head> naive(UUID person) {
        return LAB
                .column(UUID.class, "SELECT conversation_id FROM members WHERE user_id = ? AND active", person)
                .stream()
                .map(conversation -> new Head(
                        conversation,
                        LAB.number("SELECT last_number FROM conversation_counters WHERE id = ?", conversation),
                        LAB.number("SELECT last_version FROM conversation_counters WHERE id = ?", conversation),
                        LAB.number(
                                "SELECT coalesce(max(read_number), 0) FROM marks WHERE conversation_id = ? AND user_id = ?",
                                conversation,
                                person),
                        null,
                        true,
                        LAB.number(
                                "SELECT coalesce(max(m.from_number), 0) FROM members m JOIN conversations r ON r.id = m.root_id"
                                        + " WHERE m.conversation_id = ? AND m.user_id = ? AND r.history = 'since_join'",
                                conversation,
                                person)))
                .toList();
    }
}
