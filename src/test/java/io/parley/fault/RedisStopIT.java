package io.parley.fault;

import static io.parley.support.testing.client.Cast.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.testing.campaign.Fault;
import io.parley.support.testing.campaign.Plan;
import io.parley.support.testing.client.Cast;
import io.parley.support.testing.client.ParleyClient;
import io.parley.support.testing.client.Person;
import io.parley.support.testing.node.ServerUnderNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisStopIT {
    private final Battlefield field = Battlefield.open();
    private final ServerUnderNode redis = field.node().redis();

    @AfterEach
    void clear() {
        field.close();
    }

    @Test
    void messagesFlowWhileRedisIsGone() {
        field.survive(
                Plan.town(Battlefield.SEED),
                Fault.after(Duration.ofSeconds(5), "kill -9 Redis", redis::killForcibly),
                Fault.after(Duration.ofSeconds(8), "start Redis", redis::start));
    }

    @Test
    void peopleComeInAndTalkWhileRedisIsGoneOrHangs() {
        try (Cast cast = new Cast(field.clients(), field.operator())) {
            List<Person> people = cast.people(List.of("alice", "bob"));
            UUID group = cast.group(people.get(0), people.get(1));

            redis.pause();
            ParleyClient whileItHangs = cast.connected(people.get(0), "phone");
            assertThat(await(whileItHangs.send(group, "hangs")).number()).isEqualTo(1);
            redis.resume();

            redis.killForcibly();
            ParleyClient whileItIsGone = cast.connected(people.get(1), "phone");
            assertThat(await(whileItIsGone.send(group, "gone")).number()).isEqualTo(2);
            assertThat(cast.registered("carol").id()).isNotNull();
        }
    }
}
