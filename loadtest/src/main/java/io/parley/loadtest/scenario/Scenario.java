package io.parley.loadtest.scenario;

import io.parley.loadtest.client.Fleet;
import io.parley.loadtest.provision.Topology.Layer;
import java.util.List;

/** What a file of a scenario says. */
public sealed interface Scenario permits Talk, Sessions, Group {
    Common common();

    /**
     * What all scenarios say.
     *
     * @param people who are made; each has one session
     * @param rooms kinds of rooms
     * @param seed of all that is by chance
     */
    record Common(
            String name,
            String about,
            int people,
            List<Layer> rooms,
            long seed,
            Fleet.Settings clients,
            List<Threshold> thresholds) {}

    /** Reads it from a mapping. */
    static Scenario of(String name, Settings settings) {
        String kind = settings.text("kind");
        Scenario scenario = switch (kind) {
            case "talk" -> Talk.of(name, settings);
            case "sessions" -> Sessions.of(name, settings);
            case "group" -> Group.of(name, settings);
            default -> throw new Mistake("kind must be talk, sessions or group, not " + kind);
        };
        settings.requireAllKnown();
        return scenario;
    }

    /** The kinds of rooms that it says, or the usual one. */
    static List<Layer> rooms(Settings settings) {
        List<Layer> rooms =
                settings.parts("rooms").stream().map(Scenario::layer).toList();
        return rooms.isEmpty() ? List.of(new Layer(10, 1, 1)) : rooms;
    }

    /** @param lasting whether clients come back if nothing else is said */
    static Common common(
            String name, Settings settings, int people, List<Layer> rooms, boolean lasting, int textBytes) {
        Settings clients = settings.part("clients");
        Common common = new Common(
                name,
                settings.text("about"),
                people,
                rooms,
                settings.number("seed", 1, 0),
                new Fleet.Settings(
                        clients.number("loops", Runtime.getRuntime().availableProcessors(), 1),
                        clients.number("connectWindow", 500, 1),
                        clients.flag("batch", true),
                        textBytes,
                        clients.flag("lasting", lasting)),
                Threshold.all(settings.part("thresholds")));
        clients.requireAllKnown();
        return common;
    }

    private static Layer layer(Settings settings) {
        int each = settings.number("each", 1, 1);
        Layer layer = new Layer(settings.number("size", 10, 1), each, settings.decimal("share", each));
        settings.requireAllKnown();
        return layer;
    }
}
