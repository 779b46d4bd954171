package io.parley.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketUrlTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            127.0.0.1   | ""                          | localhost    | ws://127.0.0.1:9001/ws         | ws://127.0.0.1:9001
            chat.local  | ""                          | localhost    | ws://chat.local:9001/ws        | ws://chat.local:9001
            0.0.0.0     | ""                          | chat.example | ws://chat.example:9001/ws      | ws://*:9001
            ::          | ""                          | 2001:db8::1  | ws://[2001:db8::1]:9001/ws     | ws://*:9001
            ::1         | ""                          | localhost    | ws://[::1]:9001/ws             | ws://[::1]:9001
            0.0.0.0     | wss://chat.example/live/ws  | other        | wss://chat.example/live/ws     | wss://chat.example
            0.0.0.0     | ws://chat.example:81/ws     | other        | ws://chat.example:81/ws        | ws://chat.example:81
            """)
    void clientsAreToldAnAddressThatReachesUs(
            String host, String configured, String clientHost, String url, String source) {
        Config config =
                ConfigLoader.load(null, Map.of("PARLEY_SESSION_HOST", host, "PARLEY_SESSION_PUBLICURL", configured));

        WebSocketUrl socket = new WebSocketUrl(config.session(), () -> 9001);

        assertThat(socket.url(clientHost)).isEqualTo(url);
        assertThat(socket.source()).isEqualTo(source);
    }
}
