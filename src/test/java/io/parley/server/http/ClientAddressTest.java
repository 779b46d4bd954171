package io.parley.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
    private final ClientAddress addresses = new ClientAddress(List.of("10.0.0.0/8", "192.0.2.7", "fd00::/8"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            203.0.113.9          |                                   | 203.0.113.9
            203.0.113.9          | 1.2.3.4                           | 203.0.113.9
            192.0.2.8            | 1.2.3.4                           | 192.0.2.8
            192.0.2.7            | 1.2.3.4                           | 1.2.3.4
            10.1.2.3             | 6.6.6.6, 1.2.3.4                  | 1.2.3.4
            10.1.2.3             | 6.6.6.6, 1.2.3.4, 10.9.9.9        | 1.2.3.4
            10.1.2.3             | 10.4.4.4                          | 10.4.4.4
            10.1.2.3             | 1.2.3.4, nonsense                 | 10.1.2.3
            10.1.2.3             | localhost                         | 10.1.2.3
            10.1.2.3             | ,                                 | 10.1.2.3
            ::ffff:10.1.2.3      | 1.2.3.4                           | 1.2.3.4
            fd00:0:0:1::1        | 2001:db8:1:2:3:4:5:6              | 2001:db8:1:2::/64
            10.1.2.3             | ::ffff:1.2.3.4                    | 1.2.3.4
            2001:db8:1:2:ff::1   |                                   | 2001:db8:1:2::/64
            nothing              | 1.2.3.4                           | unknown
            """)
    void theNearestAddressThatNoTrustedProxyHasIsTheClients(String peer, @Nullable String forwarded, String client) {
        assertThat(addresses.of(peer, forwarded == null ? List.of() : List.of(forwarded)))
                .isEqualTo(client);
    }

    @org.junit.jupiter.api.Test
    void severalHeadersAreOneList() {
        assertThat(addresses.of("10.1.2.3", List.of("6.6.6.6", "1.2.3.4, 10.9.9.9")))
                .isEqualTo("1.2.3.4");
    }
}
