package io.parley.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndpointTest {

    @Test
    void endpointsPrintWithoutTheirPasswords() {
        assertThat(new PostgresEndpoint("127.0.0.1", 5432, "parley", "parley", "secret"))
                .hasToString("postgresql://parley@127.0.0.1:5432/parley");
        assertThat(new RedisEndpoint("127.0.0.1", 6379, "secret")).hasToString("redis://127.0.0.1:6379");
    }
}
