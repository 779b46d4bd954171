package io.parley.features.accounts;

import static io.parley.features.accounts.AccountsNode.DEFAULT_TENANT;
import static io.parley.features.accounts.AccountsNode.HERE;
import static io.parley.features.accounts.AccountsNode.PASSWORD;
import static io.parley.features.accounts.AccountsNode.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.ContractSchemas;
import io.parley.bus.Closing;
import io.parley.bus.PersonalFrame;
import io.parley.features.accounts.AccountActions.Client;
import io.parley.features.accounts.AccountActions.LogIn;
import io.parley.features.accounts.AccountActions.LogOut;
import io.parley.features.accounts.AccountActions.Refresh;
import io.parley.features.accounts.AccountActions.SignedIn;
import io.parley.features.devices.DeviceActions;
import io.parley.features.devices.DeviceActions.DeviceSession;
import io.parley.features.devices.DeviceActions.End;
import io.parley.features.devices.DeviceActions.EndAll;
import io.parley.features.devices.DeviceEvents;
import io.parley.server.auth.Device;
import io.parley.server.auth.Principal;
import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Log-ins as the person sees them, and what his sessions are told of them. */
class LoginsIT {
    private static final Device PHONE = new Device("d1", "android", "Ada's phone", "1.4.0");
    private static final ContractSchemas CONTRACT = ContractSchemas.asyncApi();

    @TempDir
    private static Path data;

    private static AccountsNode node;

    @BeforeAll
    static void start() {
        node = AccountsNode.start(data);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static SignedIn logIn(String name, Device device) {
        return node.ask(AccountActions.LOG_IN, new LogIn(HERE, name, PASSWORD, new Client(device, "203.0.113.9")));
    }

    private static SignedIn refresh(SignedIn signedIn) {
        return node.ask(AccountActions.REFRESH, new Refresh(signedIn.refreshToken(), "2001:db8:1:2::/64"));
    }

    private static Principal principal(SignedIn signedIn) {
        return join(node.feature.authenticator(node.bus).authenticate(signedIn.accessToken()));
    }

    private static UUID login(SignedIn signedIn) {
        return Objects.requireNonNull(principal(signedIn).origin().login());
    }

    private static UUID user(SignedIn signedIn) {
        return Objects.requireNonNull(signedIn.user()).id();
    }

    private static List<DeviceSession> list(UUID user) {
        return node.ask(DeviceActions.LIST, new DeviceActions.Of(DEFAULT_TENANT, user))
                .items();
    }

    /** The events about log-ins of a person, once there are so many. */
    private static List<PersonalFrame> events(UUID user, int count) {
        await().until(() -> List.copyOf(node.frames).stream()
                        .filter(frame -> frame.user().equals(user))
                        .count()
                >= count);
        return List.copyOf(node.frames).stream()
                .filter(frame -> frame.user().equals(user))
                .toList();
    }

    private static JsonNode content(PersonalFrame frame) {
        JsonNode event = Json.parse(frame.bytes().getBytes());
        String pointer = "/components/messages/event." + event.get("type").textValue() + "/payload";
        assertThat(CONTRACT.errors(pointer, event)).as(event.toString()).isEmpty();
        return event;
    }

    private static void assertRefused(SignedIn signedIn) {
        assertThatThrownBy(() -> principal(signedIn))
                .isInstanceOfSatisfying(
                        AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    @Test
    void aLogInIsListedWithItsDeviceAndTheNetworkItCameFrom() {
        UUID user = user(node.register("ada"));
        SignedIn phone = logIn("ada", PHONE);

        assertThat(list(user)).first().satisfies(session -> {
            assertThat(session.id()).isEqualTo(login(phone));
            assertThat(session.device()).isEqualTo(PHONE);
            assertThat(session.address()).isEqualTo("203.0.113.0/24");
        });
        assertThat(list(user)).last().satisfies(session -> {
            assertThat(session.device()).isNull();
            assertThat(session.address()).isEqualTo("10.0.0.0/24");
        });
        assertThat(principal(phone).device()).isEqualTo(PHONE);

        refresh(phone);
        assertThat(list(user).getFirst().address()).isEqualTo("2001:db8:1::/48");
    }

    @Test
    void nobodySeesOrEndsTheLogInsOfOthersOrOfOtherTenants() {
        SignedIn victim = node.register("victim");
        UUID login = login(victim);
        UUID stranger = user(node.register("stranger"));

        for (End end : List.of(
                new End(DEFAULT_TENANT, stranger, login),
                new End(Ids.next(), user(victim), login),
                new End(DEFAULT_TENANT, user(victim), Ids.next()))) {
            assertThatThrownBy(() -> node.ask(DeviceActions.END, end))
                    .isInstanceOfSatisfying(
                            AppError.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
        node.ask(DeviceActions.END_ALL, new EndAll(Ids.next(), user(victim), null, true));

        assertThat(list(stranger)).extracting(DeviceSession::id).doesNotContain(login);
        assertThat(node.ask(DeviceActions.LIST, new DeviceActions.Of(Ids.next(), user(victim)))
                        .items())
                .isEmpty();
        assertThat(list(user(victim))).extracting(DeviceSession::id).containsExactly(login);
    }

    @Test
    void whatHasBeenEndedIsRefusedAndNothingElseIs() {
        SignedIn here = node.register("remote");
        SignedIn there = logIn("remote", PHONE);
        UUID user = user(here);
        UUID login = login(there);

        node.ask(DeviceActions.END, new End(DEFAULT_TENANT, user, login));
        node.ask(DeviceActions.END, new End(DEFAULT_TENANT, user, login));

        assertRefused(there);
        assertThatThrownBy(() -> refresh(there)).isInstanceOf(AppError.class);
        assertThat(principal(here).user()).isEqualTo(user);
        assertThat(refresh(here)).isNotNull();
        PersonalFrame ended = events(user, 3).getLast();
        assertThat(ended.closing()).isEqualTo(Closing.of(List.of(login), null));
        assertThat(ended.userVersion()).isEqualTo(3);
        assertThat(content(ended).path("reason").textValue()).isEqualTo("revoked");
        assertThat(events(user, 3)).hasSize(3);
    }

    @Test
    void loggingOutAndATokenThatComesBackEndWhatWasOpenedWithTheLogIn() {
        SignedIn leaving = node.register("leaver");
        UUID user = user(leaving);
        UUID login = login(leaving);
        SignedIn stolen = logIn("leaver", PHONE);
        UUID stolenLogin = login(stolen);
        refresh(refresh(stolen));

        node.ask(AccountActions.LOG_OUT, new LogOut(leaving.refreshToken()));
        node.ask(AccountActions.LOG_OUT, new LogOut(leaving.refreshToken()));
        assertThatThrownBy(() -> refresh(stolen)).isInstanceOf(AppError.class);

        List<PersonalFrame> events = events(user, 4);
        assertThat(events).hasSize(4);
        assertThat(events.get(2).closing().logins()).containsExactly(login);
        assertThat(content(events.get(2)).path("reason").textValue()).isEqualTo("logout");
        assertThat(events.get(3).closing().logins()).containsExactly(stolenLogin);
        assertThat(content(events.get(3)).path("reason").textValue()).isEqualTo("reuse");
        assertRefused(leaving);
        assertRefused(stolen);
    }

    @Test
    void whoUsesALogInMakesItActiveAfterAWhile() {
        SignedIn signedIn = node.register("active");
        node.sql(
                "UPDATE refresh_families SET last_active_at = now() - interval '1 hour' WHERE user_id = $1",
                user(signedIn));

        principal(signedIn);

        await().until(() -> node.sql(
                                "SELECT FROM refresh_families WHERE user_id = $1 AND last_active_at > now() - interval '1 minute'",
                                user(signedIn))
                        .size()
                == 1);
    }

    /** Applied to an old list, the events give what a fresh one has. Rerun with the printed seed. */
    @Test
    void theEventsTellTheWholeList() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        SignedIn first = node.register("busy");
        UUID user = user(first);
        List<SignedIn> all = new ArrayList<>(List.of(first));
        long before =
                node.frames.stream().filter(frame -> frame.user().equals(user)).count();
        Map<UUID, JsonNode> known = new LinkedHashMap<>();
        list(user).forEach(session -> known.put(session.id(), tree(session)));

        for (int i = 0; i < 40; i++) {
            List<DeviceSession> living = list(user);
            UUID any = living.isEmpty()
                    ? Ids.next()
                    : living.get(random.nextInt(living.size())).id();
            switch (random.nextInt(8)) {
                case 0 ->
                    node.ask(
                            AccountActions.LOG_OUT,
                            new LogOut(all.get(random.nextInt(all.size())).refreshToken()));
                case 1 -> node.ask(DeviceActions.END_ALL, new EndAll(DEFAULT_TENANT, user, any, random.nextBoolean()));
                case 2, 3 -> {
                    if (!living.isEmpty()) {
                        node.ask(DeviceActions.END, new End(DEFAULT_TENANT, user, any));
                    }
                }
                default -> all.add(logIn("busy", new Device(null, "web", "number " + i, null)));
            }
        }

        long version = node.sql("SELECT user_version FROM user_counters WHERE user_id = $1", user)
                .getFirst()
                .getLong(0);
        List<PersonalFrame> events = events(user, (int) version);
        assertThat(events).extracting(PersonalFrame::userVersion).isSorted().hasSize((int) version);
        events.stream().skip(before).map(LoginsIT::content).forEach(event -> apply(known, event));
        assertThat(known.values())
                .extracting(LoginsIT::told)
                .containsExactlyInAnyOrderElementsOf(list(user).stream()
                        .map(LoginsIT::tree)
                        .map(LoginsIT::told)
                        .toList());
    }

    private static JsonNode tree(DeviceSession session) {
        return Json.mapper().valueToTree(session);
    }

    /** What of a log-in events tell. */
    private static List<JsonNode> told(JsonNode session) {
        return Stream.of("id", "device", "address", "createdAt", "expiresAt")
                .map(session::path)
                .toList();
    }

    private static void apply(Map<UUID, JsonNode> known, JsonNode event) {
        if (event.path("type").textValue().equals(DeviceEvents.SESSION_STARTED)) {
            known.put(UUID.fromString(event.at("/session/id").textValue()), event.get("session"));
        } else {
            event.get("sessions").forEach(id -> known.remove(UUID.fromString(id.textValue())));
        }
    }
}
