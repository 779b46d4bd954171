package io.parley.features.contacts;

import static io.parley.features.PersistenceLab.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.features.PersistenceLab;
import io.parley.features.RestLab;
import io.parley.server.Feature;
import io.parley.server.persistence.Database;
import io.parley.server.persistence.PersistenceHost;
import io.parley.support.AppError;
import io.parley.support.ConfigLoader;
import io.parley.support.ErrorCode;
import io.parley.support.Ids;
import io.parley.support.Json;
import io.parley.support.Metrics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Finding people as a client does: salt, hashes, matches. */
class DiscoveryIT {
    @RegisterExtension
    static final PersistenceLab LAB = new PersistenceLab(
            (config, metrics) -> List.of(new ContactsFeature(config, metrics), new DatabaseOfJobs()));

    private static final AtomicReference<Database> DATABASE = new AtomicReference<>();

    /** What jobs get is the same as what the persistence side has. */
    private static final class DatabaseOfJobs implements Feature {
        @Override
        public void persistence(PersistenceHost host) {
            DATABASE.set(host.database());
        }
    }

    private static final RestLab REST =
            new RestLab(new ContactsFeature(ConfigLoader.load(null, Map.of()), new Metrics()));

    private final UUID seeker = LAB.person();
    private final UUID found = LAB.person();

    private JsonNode salt() {
        return REST.checked("DiscoverySalt", REST.call(LAB, seeker, "getDiscoverySalt", Map.of(), "{}"));
    }

    /** As the contract says it is made. */
    private static String hash(JsonNode salt, String value) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Base64.getUrlDecoder().decode(salt.path("salt").asText()));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(digest.digest(value.getBytes(StandardCharsets.UTF_8)));
    }

    private JsonNode discover(String salt, List<String> hashes) {
        return REST.checked(
                        "DiscoveredContacts",
                        REST.call(LAB, seeker, "discoverContacts", Map.of(), question(salt, hashes)))
                .path("items");
    }

    private static String question(String salt, List<String> hashes) {
        return Json.text(Map.of("salt", salt, "hashes", hashes));
    }

    private AppError refusal(String salt, List<String> hashes) {
        return REST.refusal(LAB, seeker, "discoverContacts", Map.of(), question(salt, hashes));
    }

    @Test
    void aClientFindsThoseWhoWantToBeFound() throws Exception {
        LAB.update(
                "UPDATE users SET phone = '+49301234567', email = 'A@b.org', email_folded = 'a@b.org',"
                        + " discoverable_by_email = true WHERE id = ?",
                found);
        JsonNode salt = salt();
        String phone = hash(salt, "phone:+49301234567");
        String mail = hash(salt, "email:a@b.org");

        JsonNode items = discover(salt.path("id").asText(), List.of(hash(salt, "phone:+49301234568"), phone, mail));

        assertThat(items.findValuesAsText("hash")).containsExactly(phone, mail);
        assertThat(items.findValuesAsText("user")).containsExactly(found.toString(), found.toString());
        assertThat(discover(salt.path("id").asText(), List.of(hash(salt, "phone:+1555"))))
                .isEmpty();
    }

    @Test
    void theSaltSaysWhatItIsAndHowLongItIsTaken() {
        JsonNode salt = salt();

        assertThat(salt.path("algorithm").asText()).isEqualTo("sha256");
        assertThat(salt.path("hashesPerDay").asInt()).isEqualTo(2_000);
        assertThat(Base64.getUrlDecoder().decode(salt.path("salt").asText())).hasSize(32);
        assertThat(Instant.parse(salt.path("expiresAt").asText()))
                .isBetween(Instant.now().plus(Duration.ofDays(7)), Instant.now().plus(Duration.ofDays(8)));
        assertThat(salt()).isEqualTo(salt);
    }

    @Test
    void anotherSaltIsAConflict() {
        assertThat(refusal(Ids.next().toString(), List.of("A".repeat(43))).code())
                .isEqualTo(ErrorCode.CONFLICT);
    }

    @Test
    void nobodyTriesOutManyNumbers() throws Exception {
        JsonNode salt = salt();
        List<String> hashes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            hashes.add(hash(salt, "phone:+4930" + i));
        }
        for (int i = 0; i < 4; i++) {
            discover(salt.path("id").asText(), hashes);
        }

        AppError limited = refusal(salt.path("id").asText(), hashes);
        assertThat(limited.code()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(limited.retryAfterMs()).isBetween(20_000_000L, 21_600_000L);
        assertThat(LAB.number("SELECT count(*) FROM discovery_quotas WHERE user_id = ?", seeker))
                .isEqualTo(1);
    }

    @Test
    void theJobMakesASaltAndForgetsFullQuotas() {
        LAB.update("INSERT INTO discovery_quotas VALUES (?, ?, 5, now() - interval '25 hours')", TENANT, seeker);
        LAB.update(
                "UPDATE discovery_salts SET made_at = made_at - interval '8 days', published_at = published_at - interval '8 days'");
        JsonNode before = salt();
        tend();
        assertThat(LAB.number("SELECT count(*) FROM discovery_quotas WHERE user_id = ?", seeker))
                .isZero();
        LAB.update("UPDATE discovery_salts SET made_at = made_at - interval '2 minutes'");

        tend();

        assertThat(salt().path("id")).isNotEqualTo(before.path("id"));
    }

    private static void tend() {
        PersistenceLab.await(DiscoveryStore.tend(Objects.requireNonNull(DATABASE.get())));
    }
}
