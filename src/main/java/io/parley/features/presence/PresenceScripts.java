package io.parley.features.presence;

/**
 * What is done in Redis in one step each. The clock is that of Redis, in ms.
 *
 * <p>Rows that come back are {@code [index of the person's key, chosen, best device, seen, since, turn]} as after the
 * change, for those only whose choice or best device it has changed.
 */
final class PresenceScripts {
    private static final String COMMON = """
            local function clock()
              local time = redis.call('TIME')
              return time[1] * 1000 + math.floor(time[2] / 1000)
            end
            local function text(number) return string.format('%.0f', number) end
            local function look(key, prefix)
              local found = {chosen = 'online', best = 0, seen = '', since = '', revision = '0', turn = '0', here = 0}
              local all = redis.call('HGETALL', key)
              for i = 1, #all, 2 do
                local field, value = all[i], all[i + 1]
                if string.sub(field, 1, 2) == 's:' then
                  found.best = math.max(found.best, value == 'online' and 2 or 1)
                  if prefix and string.sub(field, 1, #prefix) == prefix then
                    found.here = found.here + 1
                    found[found.here] = field
                  end
                else
                  found[field] = value
                end
              end
              return found
            end
            local function row(index, now)
              return {index, now.chosen, now.best, now.seen, now.since, now.turn}
            end
            local rows = {}
            local function changed(index, key, before, prefix)
              local after = look(key, prefix)
              if after.chosen ~= before.chosen or after.best ~= before.best then
                after.turn = tostring(redis.call('HINCRBY', key, 'turn', 1))
                rows[#rows + 1] = row(index, after)
              end
              return after
            end
            local function choose(key, before, status, revision, since)
              if tonumber(revision) > tonumber(before.revision) then
                redis.call('HSET', key, 'chosen', status, 'revision', revision, 'since', since)
              end
            end
            """;

    /**
     * KEYS: epoch, settling, place, places. ARGV: a new epoch, place, begin (1 or 0), ms that the place lives, that
     * settling takes, that all is kept. Answers {@code [epoch, settling, known]}.
     */
    static final String BEAT = """
            local epoch = redis.call('GET', KEYS[1])
            if not epoch then
              epoch = ARGV[1]
              redis.call('SET', KEYS[1], epoch, 'PX', ARGV[6])
              redis.call('SET', KEYS[2], '1', 'PX', ARGV[5])
            else
              redis.call('PEXPIRE', KEYS[1], ARGV[6])
            end
            local known = redis.call('EXISTS', KEYS[3])
            if known == 1 or ARGV[3] == '1' then
              known = 1
              redis.call('SET', KEYS[3], '1', 'PX', ARGV[4])
              redis.call('SADD', KEYS[4], ARGV[2])
              redis.call('PEXPIRE', KEYS[4], ARGV[6])
            end
            return {epoch, redis.call('EXISTS', KEYS[2]), known}
            """;

    /**
     * KEYS: epoch, place, who is at the place, then a person for each device. ARGV: place, ms that all is kept, then for
     * each device: its person as he stands in the third key, session, doing, ms idle, status, revision and time chosen
     * (revision 0: not looked up). Answers {@code [known, epoch, row …]}; when the place is not known nothing is done.
     */
    static final String REPORT = COMMON + """
            local epoch = redis.call('GET', KEYS[1])
            if not epoch or redis.call('EXISTS', KEYS[2]) == 0 then return {0, '0'} end
            local now = clock()
            local prefix = 's:' .. ARGV[1] .. ':'
            for i = 4, #KEYS do
              local key, at = KEYS[i], 3 + (i - 4) * 7
              local member, session, doing, idle = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
              local before = look(key)
              if doing == 'gone' then
                redis.call('HDEL', key, prefix .. session)
              else
                redis.call('HSET', key, prefix .. session, doing)
              end
              local seen = now - tonumber(idle)
              if before.seen == '' or seen > tonumber(before.seen) then redis.call('HSET', key, 'seen', text(seen)) end
              choose(key, before, ARGV[at + 4], ARGV[at + 5], ARGV[at + 6])
              local after = changed(i - 4, key, before, prefix)
              if after.here > 0 then
                redis.call('SADD', KEYS[3], member)
              else
                redis.call('SREM', KEYS[3], member)
              end
              redis.call('PEXPIRE', key, ARGV[2])
            end
            redis.call('PEXPIRE', KEYS[3], ARGV[2])
            return {1, epoch, unpack(rows)}
            """;

    /**
     * KEYS: epoch, then people. ARGV: ms that all is kept, then for each: status, revision and time chosen. Answers
     * {@code [known, epoch, row …]}; without an epoch nothing is done, as everything will be reported anew.
     */
    static final String APPLY = COMMON + """
            local epoch = redis.call('GET', KEYS[1])
            if not epoch then return {0, '0'} end
            for i = 2, #KEYS do
              local key, at = KEYS[i], 2 + (i - 2) * 3
              local before = look(key)
              choose(key, before, ARGV[at], ARGV[at + 1], ARGV[at + 2])
              changed(i - 2, key, before)
              redis.call('PEXPIRE', key, ARGV[1])
            end
            return {1, epoch, unpack(rows)}
            """;

    /**
     * KEYS: epoch, place, who is at the place, then people. ARGV: place, then the people as they stand in the third key.
     * Ends what they do there, unless the place lives after all. Answers {@code [known, epoch, row …]}.
     */
    static final String LEAVE = COMMON + """
            local epoch = redis.call('GET', KEYS[1])
            if not epoch or redis.call('EXISTS', KEYS[2]) == 1 then return {0, '0'} end
            local prefix = 's:' .. ARGV[1] .. ':'
            for i = 4, #KEYS do
              local before = look(KEYS[i], prefix)
              for session = 1, before.here do redis.call('HDEL', KEYS[i], before[session]) end
              changed(i - 4, KEYS[i], before)
              redis.call('SREM', KEYS[3], ARGV[i - 2])
            end
            return {1, epoch, unpack(rows)}
            """;

    /** KEYS: epoch, settling, then people. Answers {@code [epoch or 0, settling, row …]} with a row for everybody. */
    static final String STANDINGS = COMMON + """
            local epoch = redis.call('GET', KEYS[1])
            if not epoch then return {'0', 0} end
            for i = 3, #KEYS do rows[#rows + 1] = row(i - 3, look(KEYS[i])) end
            return {epoch, redis.call('EXISTS', KEYS[2]), unpack(rows)}
            """;

    private PresenceScripts() {}
}
