package io.parley.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionUrlsTest {
    private static final int PORT = 9001;

    private static SessionUrls urls(String host, String webSocket, String events) {
        Config config = ConfigLoader.load(
                null,
                Map.of(
                        "PARLEY_SESSION_HOST", host,
                        "PARLEY_SESSION_PUBLICURL", webSocket,
                        "PARLEY_SESSION_EVENTSURL", events));
        return new SessionUrls(config.session(), () -> PORT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            127.0.0.1   | localhost    | 127.0.0.1:9001     | 127.0.0.1:9001
            chat.local  | localhost    | chat.local:9001    | chat.local:9001
            0.0.0.0     | chat.example | chat.example:9001  | *:9001
            ::          | 2001:db8::1  | [2001:db8::1]:9001 | *:9001
            ::1         | localhost    | [::1]:9001         | [::1]:9001
            """)
    void clientsAreToldAnAddressThatReachesUs(String host, String clientHost, String authority, String source) {
        SessionUrls urls = urls(host, "", "");

        assertThat(urls.webSocket(clientHost)).isEqualTo("ws://" + authority + "/ws");
        assertThat(urls.events(clientHost)).isEqualTo("http://" + authority + "/api/v1/events");
        assertThat(urls.source()).isEqualTo(" ws://" + source + " http://" + source);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', nullValues = "-", textBlock = """
            wss://chat.example/ws      | ""                        | https://chat.example/api/v1/events      | wss://chat.example https://chat.example
            wss://chat.example/live/ws | ""                        | https://chat.example/live/api/v1/events | wss://chat.example https://chat.example
            ws://chat.example:81/ws    | ""                        | http://chat.example:81/api/v1/events    | ws://chat.example:81 http://chat.example:81
            wss://chat.example/socket  | ""                        | -                                       | wss://chat.example
            wss://chat.example         | ""                        | -                                       | wss://chat.example
            wss://chat.example/ws      | https://events.example/v1 | https://events.example/v1               | wss://chat.example https://events.example
            """)
    void whatTheOperatorSaysIsTold(String webSocket, String configured, String events, String source) {
        SessionUrls urls = urls("0.0.0.0", webSocket, configured);

        assertThat(urls.webSocket("other")).isEqualTo(webSocket);
        assertThat(urls.events("other")).isEqualTo(events);
        assertThat(urls.source()).isEqualTo(" " + source);
    }

    @Test
    void theSourceIsTheSameObjectAsLongAsItIsTheSame() {
        SessionUrls urls = urls("0.0.0.0", "", "");

        assertThat(urls.source()).isSameAs(urls.source());
    }
}
