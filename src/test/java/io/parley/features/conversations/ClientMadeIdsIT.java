package io.parley.features.conversations;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.features.GroupLab;
import io.parley.features.PersistenceLab;
import io.parley.support.Ids;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two calls use one id in two places at the same moment: the second changes nothing of what the first has made. */
class ClientMadeIdsIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(GroupLab::features);

    private static final GroupLab GROUPS = new GroupLab(LAB);

    private final UUID id = Ids.next();
    private final UUID owner = LAB.person();
    private final UUID first = GROUPS.group(owner);
    private final UUID second = GROUPS.group(owner);

    /** What becomes of the second call, which begins before the first is committed. */
    private static String outcome(String call, String later) throws Exception {
        try (Connection one = LAB.connect();
                Connection other = LAB.connect()) {
            one.setAutoCommit(false);
            one.createStatement().execute("SELECT " + call);
            CompletableFuture<String> outcome = CompletableFuture.supplyAsync(() -> ask(other, later));
            await().until(() -> LAB.number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0);
            one.commit();
            return outcome.get();
        }
    }

    private static String ask(Connection connection, String call) {
        try (ResultSet row = connection.createStatement().executeQuery("SELECT " + call)) {
            row.next();
            return row.getString(1);
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    @Test
    void ofALink() throws Exception {
        String make = "(create_invite('%s', '%s', '%s', '%s', '\\x0%d%s', 'member', NULL, NULL, 100)).outcome";
        String token = id.toString().replace("-", "");

        assertThat(outcome(
                        make.formatted(TENANT, first, owner, id, 1, token),
                        make.formatted(TENANT, second, owner, id, 2, token)))
                .isEqualTo("conflict");
        assertThat(LAB.number("SELECT count(*) FROM invite_links WHERE conversation_id = ?", first))
                .isOne();
        assertThat(LAB.number("SELECT get_byte(token_hash, 0)::bigint FROM invite_links WHERE id = ?", id))
                .isOne();
    }

    @Test
    void ofARole() throws Exception {
        String make = "(store_role('%s', '%s', '%s', '%s', true, '%s', '{pin}', 100)).outcome";

        assertThat(outcome(
                        make.formatted(TENANT, first, owner, id, "One"),
                        make.formatted(TENANT, second, owner, id, "Two")))
                .isEqualTo("conflict");
        assertThat(LAB.column(String.class, "SELECT name FROM roles WHERE id = ?", id))
                .containsExactly("One");
    }

    @Test
    void ofARoleOfATenant() throws Exception {
        String make = "store_tenant_role('%s', '%s', '%s', true, '%s', '{pin}', 100)";
        UUID elsewhere = Ids.next();

        assertThat(outcome(
                        make.formatted(TENANT, GROUPS.admin(), id, "One"),
                        make.formatted(elsewhere, admin(elsewhere), id, "Two")))
                .isEqualTo("conflict");
        assertThat(LAB.column(String.class, "SELECT name FROM roles WHERE id = ?", id))
                .containsExactly("One");
    }

    @Test
    void ofATemplate() throws Exception {
        String make = "store_template('%s', '%s', '%s', true, '%s', NULL, '{}', '{}', 100)";
        UUID elsewhere = Ids.next();

        assertThat(outcome(
                        make.formatted(TENANT, GROUPS.admin(), id, "One"),
                        make.formatted(elsewhere, admin(elsewhere), id, "Two")))
                .isEqualTo("conflict");
        assertThat(LAB.column(String.class, "SELECT name FROM templates WHERE id = ?", id))
                .containsExactly("One");
    }

    private static UUID admin(UUID tenant) {
        UUID admin = LAB.person(tenant);
        LAB.update("UPDATE users SET role = 'admin' WHERE id = ?", admin);
        return admin;
    }
}
