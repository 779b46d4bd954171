package io.parley.loadtest.provision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.provision.Population.Person;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * Makes a population from a topology, in calls of at most a thousand. The people are new in each run: their names
 * have a prefix of their own, so that what earlier runs have left behind does not count.
 */
public final class Provisioner {
    private static final int MOST_ITEMS = 1_000;

    /** Members of all conversations of one call, so that its body stays below a megabyte. */
    private static final int MOST_MEMBERS = 20_000;

    /** Members a conversation can be made with; more are added by its owner. */
    private static final int MOST_FIRST_MEMBERS = 1_000;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final AdminApi api;
    private final String prefix;

    /** @param prefix of the usernames, not used on this server before */
    public Provisioner(AdminApi api, String prefix) {
        this.api = api;
        this.prefix = prefix;
    }

    public Population provision(Topology topology) {
        List<UUID> users = users(0, topology.people());
        List<UUID> rooms = rooms(topology, users);
        List<String> tokens = tokens(users);
        List<Person> people = new ArrayList<>();
        for (int i = 0; i < users.size(); i++) {
            people.add(new Person(users.get(i), tokens.get(i)));
        }
        addToLargeRooms(topology, people, rooms);
        return new Population(topology, people, rooms);
    }

    /**
     * People who are in no room yet and have no token; each is called by his number.
     *
     * @param first number of the first
     * @param end number after the last
     */
    public List<UUID> users(int first, int end) {
        List<UUID> ids = new ArrayList<>();
        for (int from = first; from < end; from += MOST_ITEMS) {
            ArrayNode users = items(
                    from,
                    Math.min(from + MOST_ITEMS, end),
                    i -> JSON.objectNode().put("username", prefix + "-" + i).put("displayName", "Load " + i));
            ids.addAll(ids(ask("/api/v1/admin/users", "users", users)));
        }
        return ids;
    }

    private List<UUID> rooms(Topology topology, List<UUID> users) {
        List<UUID> ids = new ArrayList<>();
        int count = topology.members().size();
        int from = 0;
        while (from < count) {
            int to = endOfCall(topology, from);
            ArrayNode rooms = items(from, to, i -> room(i, topology.members().get(i), users));
            ids.addAll(ids(ask("/api/v1/admin/conversations", "conversations", rooms)));
            from = to;
        }
        return ids;
    }

    private static int endOfCall(Topology topology, int from) {
        int to = from;
        int members = 0;
        do {
            members += topology.members().get(to++).length;
        } while (to < topology.members().size() && to - from < MOST_ITEMS && members < MOST_MEMBERS);
        return to;
    }

    private ObjectNode room(int index, int[] members, List<UUID> users) {
        ObjectNode room = JSON.objectNode().put("type", "group").put("name", prefix + " room " + index);
        ArrayNode first = room.putArray("members");
        for (int i = 0; i < Math.min(MOST_FIRST_MEMBERS, members.length); i++) {
            first.add(users.get(members[i]).toString());
        }
        return room;
    }

    private void addToLargeRooms(Topology topology, List<Person> people, List<UUID> rooms) {
        for (int room = 0; room < rooms.size(); room++) {
            int[] members = topology.members().get(room);
            String path = "/api/v1/conversations/" + rooms.get(room) + "/members";
            for (int from = MOST_FIRST_MEMBERS; from < members.length; from += MOST_ITEMS) {
                ObjectNode body = JSON.objectNode();
                body.set(
                        "users",
                        items(
                                from,
                                Math.min(from + MOST_ITEMS, members.length),
                                i -> JSON.textNode(people.get(members[i]).id().toString())));
                api.post(path, people.get(members[0]).token(), body);
            }
        }
    }

    /** New access tokens, in the order of the people. */
    public List<String> tokens(List<UUID> users) {
        List<String> tokens = new ArrayList<>();
        for (int from = 0; from < users.size(); from += MOST_ITEMS) {
            ArrayNode asked = items(
                    from,
                    Math.min(from + MOST_ITEMS, users.size()),
                    i -> JSON.textNode(users.get(i).toString()));
            for (JsonNode item : ask("/api/v1/admin/tokens", "users", asked)) {
                tokens.add(field(item, "accessToken"));
            }
        }
        return tokens;
    }

    private JsonNode ask(String path, String field, ArrayNode items) {
        ObjectNode body = JSON.objectNode();
        body.set(field, items);
        return api.post(path, body).path("items");
    }

    private static ArrayNode items(int from, int to, IntFunction<JsonNode> item) {
        ArrayNode items = JSON.arrayNode();
        for (int i = from; i < to; i++) {
            items.add(item.apply(i));
        }
        return items;
    }

    private static List<UUID> ids(JsonNode items) {
        List<UUID> ids = new ArrayList<>();
        items.forEach(item -> ids.add(UUID.fromString(field(item, "id"))));
        return ids;
    }

    private static String field(JsonNode item, String name) {
        JsonNode value = item.get(name);
        if (value == null) {
            throw new AdminApi.Refused("an item was refused: " + item);
        }
        return value.asText();
    }
}
