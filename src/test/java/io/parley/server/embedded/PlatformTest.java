package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, postgres-linux-x86_64.txz",
        "Linux, aarch64, postgres-linux-arm_64.txz",
        "Mac OS X, x86_64, postgres-darwin-x86_64.txz",
        "Mac OS X, aarch64, postgres-darwin-arm_64.txz"
    })
    void aKnownSystemHasItsArchive(String system, String architecture, String archive) throws Exception {
        assertThat(Platform.of(system, architecture).postgresArchive()).isEqualTo(archive);
    }

    @ParameterizedTest
    @CsvSource({"Linux, amd64", "Linux, aarch64"})
    void theProgramsForLinuxAreAlwaysBundled(String system, String architecture) throws Exception {
        Platform platform = Platform.of(system, architecture);

        assertThat(getClass().getResource("/" + platform.postgresArchive())).isNotNull();
        assertThat(getClass().getResource("/" + platform.redisServer())).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"Mac OS X, x86_64", "Mac OS X, aarch64"})
    void redisForMacIsBundled(String system, String architecture) throws Exception {
        assertThat(getClass()
                        .getResource("/" + Platform.of(system, architecture).redisServer()))
                .isNotNull();
    }

    @Test
    void anotherSystemIsRefusedByName() {
        assertThatThrownBy(() -> Platform.of("Windows 11", "amd64"))
                .isInstanceOf(EmbeddedException.class)
                .hasMessageContaining("Linux and macOS")
                .hasMessageContaining("Windows 11 amd64");
    }
}
