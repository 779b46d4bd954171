package io.parley.features.contacts;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.PresenceFrame;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.features.contacts.ContactActions.BlockedBy;
import io.parley.features.contacts.ContactActions.People;
import io.parley.features.contacts.ContactActions.Person;
import io.parley.server.contract.Answer;
import io.parley.support.AppError;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations on contacts, requests and blocks, and the events of them. */
class ContactsIT {
    @RegisterExtension
    static final PersistenceLab LAB =
            new PersistenceLab((config, metrics) -> List.of(new ContactsFeature(config, metrics)));

    private static final RestLab REST =
            new RestLab(new ContactsFeature(ConfigLoader.load(null, Map.of()), new Metrics()));

    private final UUID ada = LAB.person();
    private final UUID bob = LAB.person();

    private static Answer call(UUID caller, String operation, UUID user) {
        return REST.call(LAB, caller, operation, Map.of("userId", user), "{}");
    }

    private static Answer request(UUID caller, UUID user, String message) {
        return REST.call(
                LAB, caller, "requestContact", Map.of(), "{\"user\":\"" + user + "\",\"message\":\"" + message + "\"}");
    }

    private static JsonNode list(UUID caller, String operation, String schema, Map<String, ?> parameters) {
        return REST.checked(schema, REST.call(LAB, caller, operation, parameters, "{}"));
    }

    private static JsonNode requests(UUID caller, String direction) {
        return list(caller, "listContactRequests", "ContactRequestList", Map.of("direction", direction))
                .path("items");
    }

    private static JsonNode contacts(UUID caller) {
        return list(caller, "listContacts", "ContactList", Map.of()).path("items");
    }

    private static JsonNode blocks(UUID caller) {
        return list(caller, "listBlocks", "BlockList", Map.of()).path("items");
    }

    private static AppError refusal(UUID caller, String operation, UUID user) {
        return REST.refusal(
                LAB, caller, operation, Map.of("userId", user), "{\"user\":\"" + user + "\",\"message\":\"\"}");
    }

    private static ErrorCode refused(UUID caller, String operation, UUID user) {
        return refusal(caller, operation, user).code();
    }

    @Test
    void aRequestIsMadeAnsweredAndEnded() {
        Answer asked = request(ada, bob, "  We met.  ");
        assertThat(asked.status()).isEqualTo(201);
        assertThat(REST.checked("ContactRelation", asked).path("state").asText())
                .isEqualTo("requested");
        assertThat(requests(ada, "outgoing").findValuesAsText("user")).containsExactly(bob.toString());
        assertThat(requests(bob, "incoming").findValuesAsText("message")).containsExactly("We met.");
        assertThat(requests(bob, "outgoing")).isEmpty();
        assertThat(requests(ada, "incoming")).isEmpty();
        assertThat(request(ada, bob, "again").status()).isEqualTo(200);

        assertThat(call(bob, "acceptContactRequest", ada).status()).isEqualTo(204);
        assertThat(call(bob, "acceptContactRequest", ada).status()).isEqualTo(204);
        assertThat(contacts(ada).findValuesAsText("user")).containsExactly(bob.toString());
        assertThat(contacts(bob).findValuesAsText("user")).containsExactly(ada.toString());
        Answer known = request(ada, bob, "");
        assertThat(known.status()).isEqualTo(200);
        assertThat(REST.checked("ContactRelation", known).path("state").asText())
                .isEqualTo("contact");

        assertThat(call(ada, "removeContact", bob).status()).isEqualTo(204);
        assertThat(call(bob, "removeContact", ada).status()).isEqualTo(204);
        assertThat(contacts(ada)).isEmpty();
        assertThat(contacts(bob)).isEmpty();
    }

    /** By either way they see more of each other from now on. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoShowsPresenceIsToldThatTwoHaveBecomeContacts(boolean crossing) {
        List<PresenceFrame> told = new CopyOnWriteArrayList<>();
        PersistenceLab.await(LAB.bus().onPresence(told::add).completed());
        request(bob, ada, "");
        assertThat(told).isEmpty();

        if (crossing) {
            request(ada, bob, "");
        } else {
            call(ada, "acceptContactRequest", bob);
        }

        await().untilAsserted(() -> assertThat(told)
                .flatExtracting(PresenceFrame::viewers)
                .extracting(PresenceFrame.Viewer::user)
                .contains(ada, bob));
    }

    @Test
    void whoIsDeclinedIsToldWhenHeMayAskAgain() {
        request(ada, bob, "");
        call(bob, "declineContactRequest", ada);
        call(bob, "declineContactRequest", ada);

        AppError early = refusal(ada, "requestContact", bob);
        assertThat(early.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(early.retryAfterMs()).isBetween(600_000_000L, 604_800_000L);
        request(bob, ada, "");
        assertThat(REST.checked("ContactRelation", request(ada, bob, ""))
                        .path("state")
                        .asText())
                .isEqualTo("contact");
    }

    @Test
    void refusalsSayNoMoreThanTheyMust() {
        assertThat(refused(ada, "requestContact", ada)).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(refused(ada, "blockUser", ada)).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(refused(ada, "requestContact", Ids.next())).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(ada, "blockUser", Ids.next())).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(ada, "acceptContactRequest", bob)).isEqualTo(ErrorCode.NOT_FOUND);
        UUID foreigner = LAB.person(Ids.next());
        assertThat(refused(ada, "requestContact", foreigner)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(ada, "blockUser", foreigner)).isEqualTo(ErrorCode.NOT_FOUND);
        for (String ending : List.of("removeContact", "cancelContactRequest", "declineContactRequest", "unblockUser")) {
            assertThat(call(ada, ending, foreigner).status()).isEqualTo(204);
        }

        call(bob, "blockUser", ada);
        assertThat(refused(ada, "requestContact", bob)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused(bob, "requestContact", ada)).isEqualTo(ErrorCode.CONFLICT);
        assertThat(LAB.personalFrames(ada)).isEmpty();
    }

    @Test
    void onlySoManyRequestsMayWait() {
        LAB.update(
                "INSERT INTO contact_requests (tenant_id, from_id, to_id, asked_at)"
                        + " SELECT ?, ?, gen_random_uuid(), now() FROM generate_series(1, 500)",
                TENANT,
                ada);

        assertThat(refused(ada, "requestContact", bob)).isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void listsComeInPages() {
        List<UUID> others = LAB.people(5);
        others.forEach(other -> {
            call(ada, "blockUser", other);
            request(bob, other, "");
        });
        others.subList(0, 3).forEach(other -> request(other, bob, ""));

        assertThat(pages(ada, "listBlocks", Map.of())).containsExactlyInAnyOrderElementsOf(texts(others));
        assertThat(pages(bob, "listContacts", Map.of()))
                .containsExactlyInAnyOrderElementsOf(texts(others.subList(0, 3)));
        assertThat(pages(bob, "listContactRequests", Map.of("direction", "outgoing")))
                .containsExactlyInAnyOrderElementsOf(texts(others.subList(3, 5)));
        request(others.get(0), others.get(4), "");
        assertThat(pages(others.get(4), "listContactRequests", Map.of("direction", "incoming")))
                .containsExactlyInAnyOrder(bob.toString(), others.get(0).toString());
        assertThat(REST.refusal(LAB, ada, "listBlocks", Map.of("cursor", "x"), "{}")
                        .code())
                .isEqualTo(ErrorCode.VALIDATION_FAILED);
    }

    private static List<String> texts(List<UUID> ids) {
        return ids.stream().map(UUID::toString).toList();
    }

    private static List<String> pages(UUID caller, String operation, Map<String, ?> parameters) {
        List<String> users = new ArrayList<>();
        Map<String, Object> page = new HashMap<>(parameters);
        page.put("limit", 2);
        JsonNode next;
        do {
            JsonNode body = REST.checked(
                    operation.equals("listContactRequests") ? "ContactRequestList" : "ContactList",
                    REST.call(LAB, caller, operation, page, "{}"));
            assertThat(body.path("items").size()).isLessThanOrEqualTo(2);
            users.addAll(body.path("items").findValuesAsText("user"));
            next = body.path("next");
            page.put("cursor", next.asText());
        } while (next.isTextual());
        return users;
    }

    /** Whoever applies all events has what he finds who reads the lists. */
    @Test
    void theEventsOfEachAddUpToHisLists() {
        UUID eve = LAB.person();
        request(ada, bob, "one");
        request(eve, ada, "two");
        call(bob, "acceptContactRequest", ada);
        call(ada, "blockUser", bob);
        request(bob, eve, "three");
        call(ada, "blockUser", eve);
        call(ada, "unblockUser", eve);
        request(ada, eve, "four");
        call(eve, "acceptContactRequest", bob);

        for (UUID one : List.of(ada, bob, eve)) {
            long version = LAB.number("SELECT user_version FROM user_counters WHERE user_id = ?", one);
            await().until(() -> LAB.personalFrames(one).size() == version);
            Map<String, JsonNode> applied = new TreeMap<>();
            LAB.personalFrames(one).stream().map(LAB::content).forEach(event -> apply(applied, event));
            Map<String, JsonNode> read = new TreeMap<>();
            contacts(one)
                    .forEach(item -> read.put("contact " + item.path("user").asText(), item));
            blocks(one).forEach(item -> read.put("block " + item.path("user").asText(), item));
            Stream.of("incoming", "outgoing")
                    .forEach(direction -> requests(one, direction)
                            .forEach(item -> read.put(
                                    "contactRequest " + item.path("user").asText() + direction, item)));
            assertThat(applied).isEqualTo(read);
        }
        assertThat(LAB.personalFrames(bob))
                .noneMatch(frame -> LAB.content(frame).path("type").asText().startsWith("block"));
    }

    private static void apply(Map<String, JsonNode> state, JsonNode event) {
        List<String> type = List.of(event.path("type").asText().split("\\."));
        JsonNode item = switch (type.getFirst()) {
            case "contact" -> event.path("contact");
            case "block" -> event.path("block");
            default -> event.path("request");
        };
        JsonNode subject = type.get(1).equals("added") ? item : event;
        String key = type.getFirst() + " " + subject.path("user").asText()
                + subject.path("direction").asText();
        if (type.get(1).equals("added")) {
            state.put(key, item);
        } else {
            assertThat(state.remove(key)).isNotNull();
        }
    }

    @Test
    void othersAskWhoHasBlockedWhomForManyAtOnce() {
        UUID eve = LAB.person();
        call(ada, "blockUser", bob);
        call(eve, "blockUser", bob);

        List<BlockedBy> answer = LAB.ask(
                        ContactActions.BLOCKERS,
                        new People(
                                List.of(new Person(TENANT, ada), new Person(TENANT, bob), new Person(Ids.next(), bob))))
                .people();

        assertThat(answer.get(0)).isEqualTo(new BlockedBy(List.of(), false, List.of()));
        assertThat(answer.get(1).users()).containsExactlyInAnyOrder(ada, eve);
        assertThat(answer.get(2).users()).isEmpty();
    }

    @Test
    void whoHasTooManyAgainstHimIsBlockedByEverybody() {
        LAB.update(
                "INSERT INTO blocks SELECT ?, gen_random_uuid(), ?, now() FROM generate_series(1, ?)",
                TENANT,
                bob,
                ContactStore.MOST_BLOCKERS + 1);

        assertThat(LAB.ask(ContactActions.BLOCKERS, new People(List.of(new Person(TENANT, bob))))
                        .people())
                .containsExactly(new BlockedBy(List.of(), true, List.of()));
    }
}
