package io.parley.features.viewing;

import io.parley.features.viewing.ViewingActions.Note;
import io.parley.features.viewing.ViewingActions.Notes;
import io.parley.features.viewing.ViewingActions.Viewers;
import io.parley.server.presence.RedisLine;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Viewing in Redis. For each conversation that anybody shows, each with an expiry, {@code
 * parley:viewing:<kind>:<tenant>:<conversation>} of the kinds
 *
 * <ul>
 *   <li>{@code marks}: sorted set of {@code <user>:<place>} by when it ends, in ms of Redis's clock
 *   <li>{@code places}: hash of people to how many marks they have
 *   <li>{@code people}: sorted set of people by when they came, in microseconds
 * </ul>
 */
final class ViewerStore {
    /** What a place does not say again for so long has ended. */
    static final long LIFE_MS = 30_000;

    /** People who are named. */
    static final int NAMED = 10;

    private static final List<String> KINDS = List.of("marks", "places", "people");

    /**
     * KEYS: three for each conversation. ARGV: ms that a mark lives, how many to name, place, then for each conversation:
     * how many are here, how many are gone, and who they are. Answers the time, then for each conversation whether
     * anybody has come or gone, how many there are, and the first of them.
     */
    private static final String NOTE = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local micros = string.format('%.0f', time[1] * 1000000 + time[2])
            local life, named, place = ARGV[1], tonumber(ARGV[2]), ARGV[3]
            local answer, at = {micros}, 4
            for i = 1, #KEYS, 3 do
              local marks, places, people = KEYS[i], KEYS[i + 1], KEYS[i + 2]
              local changed = 0
              local function leave(mark)
                if redis.call('ZREM', marks, mark) == 0 then return end
                local user = string.sub(mark, 1, 36)
                if redis.call('HINCRBY', places, user, -1) <= 0 then
                  redis.call('HDEL', places, user)
                  redis.call('ZREM', people, user)
                  changed = 1
                end
              end
              local here, gone = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
              at = at + 2
              for j = at, at + here - 1 do
                local user = ARGV[j]
                if redis.call('ZADD', marks, now + life, user .. ':' .. place) == 1
                    and redis.call('HINCRBY', places, user, 1) == 1 then
                  redis.call('ZADD', people, micros, user)
                  changed = 1
                end
              end
              at = at + here
              for j = at, at + gone - 1 do leave(ARGV[j] .. ':' .. place) end
              at = at + gone
              for _, mark in ipairs(redis.call('ZRANGEBYSCORE', marks, '-inf', now)) do leave(mark) end
              if here > 0 then
                for k = i, i + 2 do redis.call('PEXPIRE', KEYS[k], life) end
              end
              answer[#answer + 1] = changed
              answer[#answer + 1] = redis.call('ZCARD', people)
              answer[#answer + 1] = redis.call('ZRANGE', people, 0, named - 1)
            end
            return answer
            """;

    private final RedisLine redis;
    private final long lifeMs;

    ViewerStore(RedisLine redis, long lifeMs) {
        this.redis = redis;
        this.lifeMs = lifeMs;
    }

    /** @param changed whether anybody has come or gone */
    record Done(boolean changed, Viewers viewers) {}

    /** In the order of the notes, in one step. */
    Future<List<Done>> note(Notes asked) {
        List<String> words = new ArrayList<>(
                List.of(NOTE, Integer.toString(KINDS.size() * asked.notes().size())));
        asked.notes()
                .forEach(note -> KINDS.forEach(
                        kind -> words.add("parley:viewing:" + kind + ":" + note.tenant() + ":" + note.conversation())));
        words.addAll(List.of(
                Long.toString(lifeMs), Integer.toString(NAMED), asked.place().toString()));
        for (Note note : asked.notes()) {
            words.add(Integer.toString(note.here().size()));
            words.add(Integer.toString(note.gone().size()));
            note.here().forEach(user -> words.add(user.toString()));
            note.gone().forEach(user -> words.add(user.toString()));
        }
        return redis.call(api -> api.eval(words)).map(answer -> done(asked.notes(), answer));
    }

    private static List<Done> done(List<Note> notes, Response answer) {
        long at = Long.parseLong(answer.get(0).toString());
        List<Done> done = new ArrayList<>(notes.size());
        for (int i = 0; i < notes.size(); i++) {
            int row = 1 + 3 * i;
            List<UUID> users = answer.get(row + 2).stream()
                    .map(user -> UUID.fromString(user.toString()))
                    .toList();
            Viewers viewers = new Viewers(notes.get(i).conversation(), at, number(answer.get(row + 1)), users);
            done.add(new Done(number(answer.get(row)) == 1, viewers));
        }
        return done;
    }

    private static int number(Response answer) {
        return Objects.requireNonNull(answer.toInteger());
    }
}
