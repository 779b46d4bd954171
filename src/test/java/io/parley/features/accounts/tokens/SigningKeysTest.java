package io.parley.features.accounts.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.support.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeysTest {
    @TempDir
    Path data;

    @Test
    void aNodeThatKeepsEverythingItselfMakesAKeyOnceThatOnlyItsOwnerReads() throws IOException {
        Path directory = data.resolve("keys");

        SigningKeys first = SigningKeys.loadOrMake(directory, "");
        SigningKeys again = SigningKeys.loadOrMake(directory, "");

        assertThat(again.kids()).isEqualTo(first.kids()).hasSize(1);
        assertThat(again.key(again.signingKid())).isEqualTo(first.key(first.signingKid()));
        assertThat(permissions(directory)).isEqualTo("rwx------");
        assertThat(permissions(directory.resolve(first.signingKid() + ".pem"))).isEqualTo("rw-------");
    }

    @Test
    void theLastByNameSignsUnlessAnotherIsNamed() throws IOException {
        write("2026-01", Pem.text(Forge.rsa(2048).getPrivate()));
        write("2026-02", Pem.text(Forge.rsa(2048).getPrivate()));

        assertThat(SigningKeys.load(data, "").signingKid()).isEqualTo("2026-02");
        assertThat(SigningKeys.load(data, "2026-01").signingKid()).isEqualTo("2026-01");
        assertThatThrownBy(() -> SigningKeys.load(data, "2026-03")).hasMessageContaining("2026-03.pem");
    }

    @Test
    void weakAndDamagedKeysStopTheStartWithALineThatNamesTheFile() throws IOException {
        for (String content : new String[] {
            Pem.text(Forge.rsa(1024).getPrivate()),
            Pem.text(Forge.p256().getPrivate()),
            Pem.text(Forge.rsa(2048).getPublic()),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "nothing"
        }) {
            write("key", content);
            assertThatThrownBy(() -> SigningKeys.load(data, ""))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("key.pem")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void anEmptyOrMissingDirectoryStopsTheStart() {
        assertThatThrownBy(() -> SigningKeys.load(data, "")).hasMessageContaining("holds no <kid>.pem");
        assertThatThrownBy(() -> SigningKeys.load(data.resolve("none"), "")).hasMessageContaining("cannot read");
    }

    @Test
    void theOperatorsKeyIsMadeOnceAndComparedWhole() throws IOException {
        OperatorKey made = OperatorKey.loadOrMake(data);
        String key = Files.readString(data.resolve("operator.key")).strip();

        assertThat(permissions(data.resolve("operator.key"))).isEqualTo("rw-------");
        assertThat(OperatorKey.loadOrMake(data).matches(key)).isTrue();
        assertThat(made.matches(key)).isTrue();
        assertThat(made.matches(key.substring(1))).isFalse();
        assertThat(made.matches("")).isFalse();
    }

    @Test
    void withoutAnOperatorsKeyNobodyIsTheOperator() {
        assertThat(OperatorKey.of(new Secret("")).matches("")).isFalse();
        assertThatThrownBy(() -> OperatorKey.of(new Secret("short"))).hasMessageContaining("at least 32");
    }

    private void write(String kid, String content) throws IOException {
        Files.writeString(data.resolve(kid + ".pem"), content);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
