package io.parley.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
    @TempDir
    Path directory;

    @Test
    void theShippedFileAloneIsAWholeConfiguration() {
        Config config = ConfigLoader.load(null, Map.of());

        assertThat(config.http().port()).isEqualTo(8080);
        assertThat(config.postgres().embedded()).isTrue();
        assertThat(config.auth().registration()).isTrue();
    }

    @Test
    void everyKeyOfTheFileIsAComponentAndTheOtherWayRound() {
        List<String> inFile = new ArrayList<>();
        leaves("", ConfigLoader.shipped(), inFile);

        List<String> inRecords = ConfigReader.keys().stream()
                .map(key -> String.join(".", key.path()))
                .toList();

        assertThat(inFile).containsExactlyElementsOf(inRecords);
    }

    private static void leaves(String path, ObjectNode node, List<String> into) {
        node.properties().forEach(entry -> {
            String here = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            if (entry.getValue() instanceof ObjectNode section) {
                leaves(here, section, into);
            } else {
                into.add(here);
            }
        });
    }

    @Test
    void everyKeyOfTheShippedFileHasAComment() throws IOException {
        List<String> bare = Files.readAllLines(Path.of("conf/parley.yaml")).stream()
                .filter(line -> !line.isBlank() && !line.matches("\\s*[^\\s#].*\\s# \\S.*|#.*"))
                .toList();

        assertThat(bare).isEmpty();
    }

    @Test
    void theOperatorsFileWinsOverTheShippedAndTheEnvironmentOverBoth() throws IOException {
        Path file = write("""
                http: { port: 9000, host: 0.0.0.0, allowedOrigins: [https://a.example] }
                redis:
                limits: { textBytes: 4000 }
                """);

        Config config = ConfigLoader.load(
                file,
                Map.of(
                        "PARLEY_HTTP_PORT", "9001",
                        "PARLEY_HTTP_MAXBODYBYTES", "70000",
                        "PARLEY_HTTP_TRUSTEDPROXIES", "10.0.0.5, fd00::/8",
                        "PARLEY_AUTH_REGISTRATION", "false",
                        "PARLEY_JAVA_OPTS", "-Xmx1g",
                        "PATH", "/bin"));

        assertThat(config.http().port()).isEqualTo(9001);
        assertThat(config.http().host()).isEqualTo("0.0.0.0");
        assertThat(config.http().allowedOrigins()).containsExactly("https://a.example");
        assertThat(config.http().trustedProxies()).containsExactly("10.0.0.5", "fd00::/8");
        assertThat(config.http().maxBodyBytes()).isEqualTo(70_000);
        assertThat(config.limits().textBytes()).isEqualTo(4000);
        assertThat(config.auth().registration()).isFalse();
        assertThat(config.redis().port()).isEqualTo(6379);
    }

    @Test
    void theFileMayBeNamedByAVariable() throws IOException {
        Path file = write("http: { port: 9000 }");

        Config config = ConfigLoader.load(null, Map.of("PARLEY_CONFIG", file.toString()));

        assertThat(config.http().port()).isEqualTo(9000);
    }

    @Test
    void issuersAreReadFromAFile() throws IOException {
        Path file = write("""
                auth:
                  issuers:
                    - issuer: https://erp.example
                      audience: chat
                      jwksUrl: https://erp.example/jwks
                      publicKeyFile: ""
                      tenant: acme
                """);

        assertThat(ConfigLoader.load(file, Map.of()).auth().issuers())
                .containsExactly(
                        new Config.Issuer("https://erp.example", "chat", "", "https://erp.example/jwks", "acme"));
    }

    @Test
    void allProblemsAreToldTogetherEachOnALineOfItsOwn() throws IOException {
        Path file = write("""
                http: { prot: 1, port: "8080" }
                session: 5
                htpp: { port: 1 }
                """);

        ConfigError error = problems(file, Map.of("PARLEY_HTTP_HOTS", "x", "PARLEY_REDIS_PORT", "many"));

        assertThat(String.valueOf(error.getMessage()).lines())
                .containsExactlyInAnyOrder(
                        "parley: configuration: PARLEY_HTTP_HOTS: no key of the configuration has this variable",
                        "parley: configuration: PARLEY_REDIS_PORT: must be a whole number",
                        "parley: configuration: htpp: there is no such key",
                        "parley: configuration: http.prot: there is no such key",
                        "parley: configuration: http.port: must be a whole number",
                        "parley: configuration: session: must be a section of keys and values");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            PARLEY_HTTP_PORT                  | 65536                 | http.port: must be 0 to 65535
            PARLEY_HTTP_MAXBODYBYTES          | 17000                 | http.maxBodyBytes: must be 17408 to 67108864
            PARLEY_HTTP_PUBLICURL             | chat.example.org      | http.publicUrl: must be an origin such as https://chat.example.org, in lower case and without a path
            PARLEY_HTTP_ALLOWEDORIGINS        | https://a.example/    | http.allowedOrigins[0]: must be an origin such as https://chat.example.org, in lower case and without a path
            PARLEY_HTTP_TRUSTEDPROXIES        | 10.0.0.0/33           | http.trustedProxies[0]: must be an IP address or a network such as 10.0.0.0/8
            PARLEY_HTTP_TRUSTEDPROXIES        | proxy.example         | http.trustedProxies[0]: must be an IP address or a network such as 10.0.0.0/8
            PARLEY_SESSION_PUBLICURL          | https://a.example/ws  | session.publicUrl: must be a URL that begins with ws:// or wss://
            PARLEY_SESSION_PORT               | 8080                  | session.port: must differ from http.port
            PARLEY_SESSION_COMMANDBURST       | 10                    | session.commandBurst: must be at least 500
            PARLEY_PREVIEWS_DENYHOSTS         | Example.org           | previews.denyHosts[0]: must be a host name in lower case, other scripts as xn--…, or an address
            PARLEY_PREVIEWS_ALLOWHOSTS        | https://example.org   | previews.allowHosts[0]: must be a host name in lower case, other scripts as xn--…, or an address
            PARLEY_PREVIEWS_PORTS             | 80,99999              | previews.ports[1]: must be a port
            PARLEY_PREVIEWS_PRIVATENETWORKS   | intranet              | previews.privateNetworks[0]: must be an IP address or a network such as 10.0.0.0/8
            PARLEY_PREVIEWS_USERAGENT         | Ünser                 | previews.userAgent: must be plain ASCII
            PARLEY_POSTGRES_SSLMODE           | on                    | postgres.sslMode: must be one of disable, prefer, require, verify-ca, verify-full
            PARLEY_POSTGRES_POOLSIZE          | 0                     | postgres.poolSize: must be 1 to 200
            PARLEY_POSTGRES_HOST              | db.example            | auth.keys: must name a directory when postgres.host is set, the same on all nodes
            PARLEY_AUTH_KEYS                  | /no/such/place        | auth.keys: must be a directory
            PARLEY_AUTH_OPERATORKEY           | topsecret             | auth.operatorKey: must have at least 32 characters
            PARLEY_AUTH_ISSUERS               | x                     | PARLEY_AUTH_ISSUERS: can be set only in a file
            PARLEY_AUTH_REGISTRATION          | yes                   | PARLEY_AUTH_REGISTRATION: must be true or false
            PARLEY_INSTANCES_SESSION          | 65                    | instances.session: must be 0 to 64
            PARLEY_INSTANCES_PERSISTENCE      | 0                     | instances: a node that is alone needs persistence, and session or http
            PARLEY_CLUSTER_DISCOVERY          | multicast             | cluster.discovery: must be one of kubernetes, members, none
            PARLEY_CLUSTER_DISCOVERY          | kubernetes            | cluster.service: must not be empty
            PARLEY_CLUSTER_PORT               | 0                     | cluster.port: must be 1 to 65535
            PARLEY_CLUSTER_TLSKEY             | key.pem               | cluster.tlsKey: must be given together with cluster.tlsCertificate and cluster.tlsAuthorities
            PARLEY_LOG_FORMAT                 | xml                   | log.format: must be one of json, plain
            PARLEY_LOG_LEVEL                  | INFO                  | log.level: must be one of debug, error, info, warn
            PARLEY_DATA                       | ""                    | data: must not be empty
            """)
    void valuesOutOfBoundsAreRefused(String variable, String value, String problem) {
        assertThat(problems(null, Map.of(variable, value)).problems()).containsExactly(problem);
    }

    @Test
    void noValueIsEverPrinted() throws IOException {
        Path broken = write("postgres:\n  password: \"hunter2hunter2\n");

        assertThat(problems(broken, Map.of()).getMessage())
                .contains("line 2")
                .contains("is not YAML")
                .doesNotContain("hunter2");
        assertThat(problems(null, Map.of("PARLEY_AUTH_OPERATORKEY", "hunter2")).getMessage())
                .doesNotContain("hunter2");
        assertThat(ConfigLoader.load(null, Map.of("PARLEY_POSTGRES_PASSWORD", "hunter2"))
                        .toString())
                .doesNotContain("hunter2");
    }

    @Test
    void aKeyGivenTwiceIsRefused() throws IOException {
        Path file = write("http: { port: 1, port: 2 }");

        assertThat(problems(file, Map.of()).problems())
                .singleElement()
                .asString()
                .contains("has a key twice");
    }

    @Test
    void aMissingFileIsRefused() {
        Path file = directory.resolve("none.yaml");

        assertThat(problems(file, Map.of()).problems()).containsExactly(file + ": cannot be read");
    }

    @Test
    void whatKubernetesSetsForAServiceCalledParleyIsNoMistake() {
        Map<String, String> links = Map.of(
                "PARLEY_SERVICE_HOST", "10.0.0.1",
                "PARLEY_SERVICE_PORT", "8080",
                "PARLEY_SERVICE_PORT_HTTP", "8080",
                "PARLEY_PORT", "tcp://10.0.0.1:8080",
                "PARLEY_PORT_8080_TCP", "tcp://10.0.0.1:8080",
                "PARLEY_PORT_8080_TCP_ADDR", "10.0.0.1");

        assertThat(ConfigLoader.load(null, links).http().port()).isEqualTo(8080);
    }

    private static ConfigError problems(@Nullable Path file, Map<String, String> environment) {
        ConfigError error = catchThrowableOfType(ConfigError.class, () -> ConfigLoader.load(file, environment));
        assertThat(error).as("a configuration error").isNotNull();
        return error;
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("my.yaml"), yaml);
    }
}
