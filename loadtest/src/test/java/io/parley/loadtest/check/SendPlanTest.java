package io.parley.loadtest.check;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.loadtest.provision.Topology;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SendPlanTest {
    private final SendPlan plan =
            new SendPlan(3, 777, 1_000, 500, 10_000, Topology.of(100, 2, 10, 1).roomsOf());

    @Test
    void messagesAndCommandsLeadBackToTheirSend() {
        for (int index : new int[] {0, 1, 9_999}) {
            assertThat(plan.index(plan.idHigh(), plan.idLow(index))).isEqualTo(index);
            assertThat(plan.indexOfCommand(plan.command(index))).isEqualTo(index);
        }
        SendPlan other = new SendPlan(4, 777, 1_000, 500, 10_000, plan.roomsOf());
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
            assertThat(plan.roomsOf().get(plan.sender(index))).contains(plan.room(index));
        }
        assertThat(Arrays.stream(sends).min().orElseThrow()).isGreaterThan(50);
        assertThat(Arrays.stream(sends).max().orElseThrow()).isLessThan(170);
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
