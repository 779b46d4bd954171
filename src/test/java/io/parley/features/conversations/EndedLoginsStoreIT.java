package io.parley.features.conversations;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.bus.Closing;
import io.parley.features.PersistenceLab;
import io.parley.server.auth.Origin;
import io.parley.server.session.HubActions;
import io.parley.server.session.HubActions.AccountHeads;
import io.parley.server.session.HubActions.HeadsOf;
import io.parley.server.session.HubActions.Person;
import io.parley.server.session.HubActions.PersonalRepair;
import io.parley.support.Ids;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the hub learns of log-ins that have ended, for sessions that begin and for what the bus has lost. */
class EndedLoginsStoreIT {
    @RegisterExtension
    static final PersistenceLab LAB =
            new PersistenceLab((config, metrics) -> List.of(new ConversationsFeature(config)));

    private final UUID ada = LAB.person();

    /** Takes a version of the person. */
    private UUID login() {
        UUID login = Ids.next();
        LAB.column(
                String.class,
                "SELECT outcome FROM open_login(?, ?, ?, ?, '', interval '1 day', NULL, NULL, NULL, NULL, 'unknown', 100)",
                TENANT,
                ada,
                login,
                login.toString().getBytes(StandardCharsets.UTF_8));
        return login;
    }

    /** Takes a version of the person. */
    private void end(UUID login) {
        LAB.number("SELECT user_version FROM end_logins(?, ?, ARRAY[?::uuid], 'revoked')", TENANT, ada, login);
    }

    private Instant endTokens() {
        return LAB.column(
                        OffsetDateTime.class, "SELECT tokens_until FROM end_all_logins(?, ?, NULL, true)", TENANT, ada)
                .getFirst()
                .toInstant();
    }

    private Closing since(long version) {
        return LAB.ask(HubActions.PERSONAL_REPAIR, new PersonalRepair(TENANT, ada, version))
                .closing();
    }

    private boolean active(Origin origin) {
        return LAB
                .ask(
                        HubActions.HEADS,
                        new HubActions.Heads(List.of(new HeadsOf(new Person(TENANT, ada), origin, null))))
                .people()
                .stream()
                .allMatch(AccountHeads::active);
    }

    @Test
    void aPersonalRepairNamesTheLogInsThatHaveEndedSince() {
        UUID first = login();
        UUID second = login();
        login();
        end(first);
        end(second);

        assertThat(since(3)).isEqualTo(Closing.of(List.of(first, second), null));
        assertThat(since(4)).isEqualTo(Closing.of(List.of(second), null));
        assertThat(since(5)).isEqualTo(Closing.NONE);
    }

    @Test
    void aPersonalRepairTellsWhichTokensHaveEnded() {
        UUID login = login();

        Instant until = endTokens();

        assertThat(since(1)).isEqualTo(Closing.of(List.of(login), until));
    }

    @Test
    void aSessionDoesNotBeginWithWhatHasEnded() {
        UUID login = login();
        UUID other = login();
        Origin before = Origin.issued(Instant.now().minusSeconds(5));
        assertThat(active(Origin.login(login))).isTrue();
        assertThat(active(before)).isTrue();
        assertThat(active(Origin.issued(null))).isTrue();

        end(login);
        assertThat(active(Origin.login(login))).isFalse();
        assertThat(active(Origin.login(other))).isTrue();

        endTokens();
        assertThat(active(Origin.login(other))).isFalse();
        assertThat(active(before)).isFalse();
        assertThat(active(Origin.issued(null))).isFalse();
        assertThat(active(Origin.issued(Instant.now().plusSeconds(5)))).isTrue();
    }
}
