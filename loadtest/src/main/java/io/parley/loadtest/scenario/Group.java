package io.parley.loadtest.scenario;

import io.parley.loadtest.check.Texts;
import io.parley.loadtest.provision.Topology.Layer;
import java.util.List;
import java.util.stream.Stream;

/**
 * A group of which most members are never connected, beside groups of the connected alone: what its members cost where
 * they are added and listed, and whether a message to it costs more for them.
 *
 * @param talk what is said, by the connected; the first of its rooms is the large group
 * @param members of the large group
 * @param rounds how often each kind of group has its step
 * @param searches how often each kind of search is made
 */
public record Group(Talk talk, int members, int rounds, int searches) implements Scenario {
    @Override
    public Common common() {
        return talk.common();
    }

    static Group of(String name, Settings settings) {
        int members = settings.number("members", 100_000, 3);
        int connected = settings.number("connected", 2_000, 2);
        List<Integer> beside = settings.numbers("beside", "2000,100").stream()
                .map(Double::intValue)
                .toList();
        if (members <= connected || beside.stream().anyMatch(size -> size > connected)) {
            throw new Mistake("connected must be fewer than members, and not fewer than any of the groups beside");
        }
        List<Layer> groups = Stream.concat(Stream.of(connected), beside.stream())
                .map(size -> new Layer(size, 1, 1))
                .toList();
        Talk talk = new Talk(
                Scenario.common(
                        name,
                        settings,
                        connected,
                        groups,
                        false,
                        settings.number("textBytes", 300, Texts.NUMBER_LENGTH)),
                settings.numbers("rate", "10"),
                settings.millis("step", "20s"),
                settings.millis("warmUp", "30s"),
                settings.millis("drain", "10s"),
                List.of(),
                Talk.Bursts.NONE,
                Talk.Activity.NONE,
                List.of());
        return new Group(talk, members, settings.number("rounds", 3, 1), settings.number("searches", 30, 1));
    }
}
