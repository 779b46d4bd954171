package io.parley;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.bus.Bus;
import io.parley.bus.Peers;
import io.parley.features.accounts.AccountFeature;
import io.parley.server.limits.Limits;
import io.parley.server.session.Caller;
import io.parley.server.session.CloseCode;
import io.parley.server.session.SessionHost;
import io.parley.server.session.SessionListener;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import io.parley.support.Metrics;
import io.parley.support.testing.NoLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the code knows of commands, events and close codes is what the AsyncAPI document says, neither more nor less. */
class SocketContractTest {
    private static final JsonNode DOCUMENT = ContractSchemas.asyncApi().document();

    /** What the session host answers itself. */
    private static final Set<String> OF_THE_HOST = Set.of("hello", "ping", "renew");

    @TempDir
    private Path data;

    @Test
    void everyCommandIsInBoth() throws Exception {
        Set<String> inCode = new HashSet<>(OF_THE_HOST);
        SessionHost host = new SessionHost() {
            @Override
            public <I extends Record> void command(
                    String type, Class<I> input, BiFunction<Caller, I, ? extends Future<? extends Record>> handler) {
                inCode.add(type);
            }

            @Override
            public Limits limits() {
                return NoLimits.limits();
            }

            @Override
            public void listen(SessionListener listener) {}
        };
        Config config = ConfigLoader.load(null, Map.of("PARLEY_DATA", data.toString()));
        Vertx vertx = Vertx.vertx();
        try (Metrics metrics = new Metrics()) {
            Peers nobody = new Peers(
                    Bus.alone(vertx, 1),
                    lag -> {
                        throw new UnsupportedOperationException();
                    },
                    () -> {});
            Features.of(config, new AccountFeature(vertx, config, null, metrics), nobody, metrics)
                    .forEach(feature -> feature.session(host));
        } finally {
            vertx.close().await(10, TimeUnit.SECONDS);
        }

        ContractSchemas.openApi().document().findValues("x-command").forEach(command -> inCode.add(command.asText()));
        assertThat(inCode).isEqualTo(messages("command."));
    }

    @Test
    void everyEventIsInBoth() throws Exception {
        Set<String> inCode = eventClasses()
                .flatMap(events -> Arrays.stream(events.getDeclaredFields()))
                .filter(SocketContractTest::isEventType)
                .map(SocketContractTest::value)
                .collect(toSet());

        assertThat(inCode).isEqualTo(messages("event."));
    }

    /** All features' classes of this name, so that none can be forgotten here. */
    private static Stream<Class<?>> eventClasses() throws IOException {
        Path classes = Path.of("target/classes");
        try (Stream<Path> files = Files.walk(classes.resolve("io/parley/features"))) {
            return files
                    .map(file -> classes.relativize(file).toString())
                    .filter(file -> file.endsWith("Events.class"))
                    .map(file -> file.replace(".class", "").replace('/', '.'))
                    .<Class<?>>map(SocketContractTest::load)
                    .toList()
                    .stream();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void everyCloseCodeIsInBoth() {
        Set<Integer> inContract = StreamSupport.stream(
                        DOCUMENT.findValue("x-close-codes").spliterator(), false)
                .map(entry -> entry.path("code").asInt())
                .collect(toSet());
        Set<Integer> inCode = Arrays.stream(CloseCode.values())
                .map(code -> (int) code.number())
                .collect(toSet());

        // 1000 is the client's own.
        inContract.remove(1000);
        assertThat(inContract).isEqualTo(inCode);
    }

    private static Set<String> messages(String prefix) {
        Set<String> names = new HashSet<>();
        DOCUMENT.at("/components/messages").fieldNames().forEachRemaining(name -> {
            if (name.startsWith(prefix)) {
                names.add(name.substring(prefix.length()));
            }
        });
        return names;
    }

    private static boolean isEventType(Field field) {
        return field.getType() == String.class && Modifier.isPublic(field.getModifiers());
    }

    private static String value(Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
