package io.parley.features.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.features.search.SearchActions.FoundMessages;
import io.parley.features.search.SearchActions.Sort;
import io.parley.features.search.text.Highlights;
import io.parley.features.search.text.SearchText;
import io.parley.support.Json;
import io.parley.support.testing.StorageSession;
import io.parley.support.testing.StorageSession.Send;
import io.parley.support.testing.StorageSession.Sent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Searches by several people with changing memberships, against looking at everything one by one. */
@Timeout(180)
class SearchModelIT {
    private static final List<String> VOCABULARY = List.of(
            "xin",
            "chào",
            "Đường",
            "đường",
            "duong",
            "phố",
            "an",
            "Anh",
            "ảnh",
            "b",
            "ba",
            "banana",
            "東京都",
            "京都",
            "東",
            "กินข้าว",
            "x1",
            "👍",
            "https://example.org/anh",
            "don't",
            "a_b");
    private static final List<String> QUERIES = List.of(
            "xin",
            "chao",
            "duong",
            "a",
            "b",
            "ba",
            "an -anh",
            "\"xin chao\"",
            "\"duong pho\"",
            "京都",
            "東",
            "京",
            "ข้าว",
            "👍",
            "exam* xin",
            "xin* -\"chao xin\"",
            "don't",
            "a* b*",
            "a_b",
            "banana -b",
            "x");

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<UUID, Room> rooms = new HashMap<>();
    private final List<Message> messages = new ArrayList<>();

    private SearchLab lab;

    @BeforeEach
    void open() throws Exception {
        lab = new SearchLab();
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    private static final class Message {
        final UUID room;
        final UUID id;
        final UUID sender;
        final long number;
        String text;
        boolean gone;

        Message(UUID room, UUID id, UUID sender, long number, String text) {
            this.room = room;
            this.id = id;
            this.sender = sender;
            this.number = number;
            this.text = text;
        }

        String place() {
            return room + " " + number;
        }
    }

    /** Numbers from and, if it has ended, to, of each membership. */
    private static final class Room {
        final boolean all;
        final UUID owner;
        final Map<UUID, List<long[]>> spans = new HashMap<>();

        Room(boolean all, UUID owner) {
            this.all = all;
            this.owner = owner;
        }

        boolean isIn(UUID person) {
            return spans.containsKey(person) && spans.get(person).getLast()[1] == Long.MAX_VALUE;
        }

        boolean mayRead(UUID person, long number) {
            return isIn(person)
                    && (all || spans.get(person).stream().anyMatch(span -> number >= span[0] && number < span[1]));
        }
    }

    @Test
    void everybodyFindsExactlyWhatHeMayRead() throws Exception {
        List<UUID> people = lab.session.people(5);
        for (int i = 0; i < 6; i++) {
            open(lab.session, people, i % 2 == 0);
        }
        for (int round = 0; round < 12; round++) {
            for (int step = 0; step < 40; step++) {
                change(lab, people);
            }
            if (round == 6) {
                lab.on(() -> IndexRebuild.begin(lab.database));
            }
            lab.on(lab.rebuild::step);
            lab.follow();
            for (UUID person : people) {
                compare(lab, person);
            }
        }
    }

    private void open(StorageSession session, List<UUID> people, boolean all) throws Exception {
        UUID owner = people.get(random.nextInt(people.size()));
        UUID id = session.group(owner);
        session.update(id, owner, null, null, all ? "all" : "since_join");
        Room room = new Room(all, owner);
        room.spans.put(owner, new ArrayList<>(List.of(new long[] {0, Long.MAX_VALUE})));
        rooms.put(id, room);
    }

    private void change(SearchLab lab, List<UUID> people) throws Exception {
        UUID id = pick(new ArrayList<>(new TreeSet<>(rooms.keySet())));
        Room room = rooms.get(id);
        UUID person = pick(people);
        int what = random.nextInt(10);
        if (what == 0 && !room.isIn(person)) {
            long number = lab.session.add(id, room.owner, "member", person).messageNumber();
            room.spans.computeIfAbsent(person, ever -> new ArrayList<>()).add(new long[] {number, Long.MAX_VALUE});
        } else if (what == 1 && room.isIn(person) && !person.equals(room.owner)) {
            long number = lab.session.remove(id, room.owner, person).messageNumber();
            room.spans.get(person).getLast()[1] = number;
        } else if (what == 2 && !messages.isEmpty()) {
            edit(lab, pick(messages));
        } else if (what == 3 && !messages.isEmpty()) {
            delete(lab, pick(messages));
        } else if (room.isIn(person)) {
            say(lab, id, person);
        }
    }

    private void say(SearchLab lab, UUID room, UUID person) throws Exception {
        String text = text();
        UUID id = StorageSession.newId();
        Sent sent = lab.session.append(new Send(room, person, id, content(text)));
        messages.add(new Message(room, id, person, sent.number(), text));
    }

    private void edit(SearchLab lab, Message message) throws Exception {
        String text = text();
        if (lab.edit(message.room, message.sender, message.id, content(text)).equals("ok")) {
            message.text = text;
        }
    }

    private void delete(SearchLab lab, Message message) throws Exception {
        Room room = rooms.get(message.room);
        message.gone |= lab.delete(message.room, room.owner, message.id).equals("ok");
    }

    private String text() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            words.add(pick(VOCABULARY));
        }
        return String.join(random.nextInt(8) == 0 ? "" : " ", words);
    }

    private static String content(String text) {
        return Json.text(Map.of("text", text));
    }

    private <T> T pick(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    private void compare(SearchLab lab, UUID person) throws Exception {
        String q = pick(QUERIES);
        SearchText text = SearchText.of(q);
        Ask asked = new Ask(person, q);
        UUID only = pick(new ArrayList<>(rooms.keySet()));
        List<String> wanted = messages.stream()
                .filter(message -> !message.gone && rooms.get(message.room).mayRead(person, message.number))
                .filter(message -> Highlights.matches(message.text, text))
                .map(Message::place)
                .toList();
        String how = "seed " + seed + ", " + q;

        FoundMessages first = lab.find(asked);
        assertThat(first.hits()).as(how).isEqualTo(new SearchActions.Hits(wanted.size(), true));
        assertThat(first.items()).as(how).allMatch(item -> !item.highlights().isEmpty());
        assertThat(lab.allPages(asked, Sort.NEWEST, false, 3)).as(how).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(lab.allPages(asked, Sort.RELEVANCE, false, 4)).as(how).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(lab.allPages(asked, Sort.RELEVANCE, true, 1))
                .as(how)
                .extracting(place -> place.substring(0, 36))
                .containsExactlyInAnyOrderElementsOf(wanted.stream()
                        .map(place -> place.substring(0, 36))
                        .distinct()
                        .toList());
        assertThat(lab.allPages(new Ask(person, q).in(only), Sort.NEWEST, false, 5))
                .as(how)
                .containsExactlyInAnyOrderElementsOf(wanted.stream()
                        .filter(place -> place.startsWith(only.toString()))
                        .toList());
    }
}
