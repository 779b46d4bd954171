package io.parley.features.streams;

import static io.parley.features.PersistenceLab.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.server.embedded.RedisEndpoint;
import io.parley.server.presence.RedisLines;
import io.parley.server.redis.RedisConnection;
import io.parley.server.session.TicketActions.Claim;
import io.parley.server.session.TicketActions.Deposit;
import io.parley.support.Config;
import io.parley.support.Ids;
import io.parley.support.Metrics;
import io.parley.support.Secret;
import io.parley.support.testing.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TicketStoreIT {
    private final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics();
    private final RedisEndpoint server = TestServers.shared().redis();
    private final RedisConnection redis = new RedisConnection(
            vertx, new Config.Redis("127.0.0.1", server.port(), new Secret(server.password()), false));
    private final TicketStore store = new TicketStore(RedisLines.of(() -> redis, metrics));
    private final String name = Ids.next().toString();

    @AfterEach
    void close() {
        await(vertx.close());
        metrics.close();
    }

    @Test
    void ofManyWhoClaimAtOnceOneGetsIt() {
        await(store.deposit(new Deposit(name, "sealed", 30_000)));

        List<String> got = IntStream.range(0, 50).mapToObj(claim -> store.claim(new Claim(name))).toList().stream()
                .map(claim -> await(claim).sealed())
                .filter(Objects::nonNull)
                .toList();

        assertThat(got).containsExactly("sealed");
    }

    @Test
    void whatNobodyClaimsIsGoneSoon() {
        await(store.deposit(new Deposit(name, "sealed", 200)));
        Future<Boolean> there = redis.api()
                .exists(List.of("parley:ticket:" + name))
                .map(found -> Objects.requireNonNull(found).toInteger() == 1);

        assertThat(await(there)).isTrue();
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> await(redis.api()
                                .exists(List.of("parley:ticket:" + name))
                                .map(found -> Objects.requireNonNull(found).toInteger()))
                        == 0);
        assertThat(await(store.claim(new Claim(name))).sealed()).isNull();
    }

    @Test
    void whatWasNeverDepositedIsNotThere() {
        assertThat(await(store.claim(new Claim(name))).sealed()).isNull();
    }
}
