package io.parley.loadtest.check;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.loadtest.provision.Topology;
import io.parley.loadtest.provision.Topology.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SendPlanTest {
    private final Topology topology = Topology.of(100, List.of(new Layer(10, 2, 2)), 1);
    private final SendPlan plan = new SendPlan(3, 777, 1_000, Rhythm.even(500), 10_000, SendPlan.BY_SHARES, topology);

    @Test
    void messagesAndCommandsLeadBackToTheirSend() {
        for (int index : new int[] {0, 1, 9_999}) {
            assertThat(plan.index(plan.idHigh(), plan.idLow(index))).isEqualTo(index);
            assertThat(plan.indexOfCommand(plan.command(index))).isEqualTo(index);
        }
        SendPlan other = new SendPlan(4, 777, 1_000, Rhythm.even(500), 10_000, SendPlan.BY_SHARES, topology);
        assertThat(plan.index(other.idHigh(), other.idLow(5))).isNegative();
        assertThat(plan.indexOfCommand(other.command(5))).isNegative();
        assertThat(plan.index(plan.idHigh(), plan.idLow(10_000))).isNegative();
    }

    @Test
    void sendsAreDueAtEvenIntervals() {
        assertThat(plan.due(0)).isEqualTo(1_000);
        assertThat(plan.due(500)).isEqualTo(1_000_001_000);
    }

    @Test
    void everybodySendsAboutEquallyOftenIntoHisOwnRooms() {
        int[] sends = new int[100];
        for (int index = 0; index < 10_000; index++) {
            sends[plan.sender(index)]++;
            assertThat(topology.roomsOf().get(plan.sender(index))).contains(plan.room(index));
        }
        assertThat(Arrays.stream(sends).min().orElseThrow()).isGreaterThan(50);
        assertThat(Arrays.stream(sends).max().orElseThrow()).isLessThan(170);
    }

    @Test
    void roomsAreSpokenInAsTheirSharesSay() {
        Topology two = Topology.of(100, List.of(new Layer(10, 1, 90), new Layer(50, 1, 10)), 1);
        SendPlan shared = new SendPlan(1, 5, 0, Rhythm.even(500), 10_000, SendPlan.BY_SHARES, two);

        long large = IntStream.range(0, 10_000)
                .filter(index -> two.members().get(shared.room(index)).length == 50)
                .count();

        assertThat(large).isBetween(800L, 1_200L);
    }

    @Test
    void oneOfEverybodysRoomsMayBeTheOnlyOneThatIsSpokenIn() {
        Topology two = Topology.of(100, List.of(new Layer(10, 1, 90), new Layer(50, 1, 10)), 1);
        SendPlan large = new SendPlan(1, 5, 0, Rhythm.even(500), 1_000, 1, two);

        assertThat(IntStream.range(0, 1_000)).allSatisfy(index -> {
            assertThat(two.members().get(large.room(index))).hasSize(50).contains(large.sender(index));
        });
    }

    @Test
    void textsTellTheirSend() {
        Texts texts = new Texts(300);
        byte[] text = ("000000000000002a" + new String(texts.words(), US_ASCII)).getBytes(US_ASCII);

        assertThat(text).hasSize(300);
        assertThat(texts.matches(42, text, 0, 300)).isTrue();
        assertThat(texts.matches(43, text, 0, 300)).isFalse();
        assertThat(texts.matches(42, text, 0, 299)).isFalse();
        text[200] ^= 1;
        assertThat(texts.matches(42, text, 0, 300)).isFalse();
    }
}
