-- Who has received and read how far.
--
-- Two marks for each member, on a narrow row of their own with free space for HOT updates: a row per message
-- and person would be the largest table by far. The history behind the marks answers who read message n, and
-- when, exactly, for as long as it is kept; it lies in daily partitions, because dropping one costs nothing. A
-- read mark covers delivery too: the history has one row for both then, and message n reached a person with his
-- first row, of either kind, at or above n.

CREATE TABLE marks (
    tenant_id        uuid   NOT NULL,
    root_id          uuid   NOT NULL,
    conversation_id  uuid   NOT NULL,
    user_id          uuid   NOT NULL,
    read_number      bigint NOT NULL DEFAULT 0,
    read_counted     bigint NOT NULL DEFAULT 0, -- messages.counted at read_number
    read_at          timestamptz,
    delivered_number bigint NOT NULL DEFAULT 0, -- never below read_number
    delivered_at     timestamptz,
    PRIMARY KEY (conversation_id, user_id, root_id)
) WITH (fillfactor = 50);

CREATE TABLE mark_history (
    tenant_id       uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('read', 'delivered')),
    number          bigint      NOT NULL,
    at              timestamptz NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE mark_history_default PARTITION OF mark_history DEFAULT;
CREATE INDEX mark_history_number ON mark_history (conversation_id, user_id, kind, number);

-- Makes partitions ahead and drops those whose every row is older than `keep`. Run by a job at least daily.
CREATE FUNCTION mark_history_maintain(days_ahead int, keep interval) RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    old regclass;
BEGIN
    PERFORM create_day_partitions('mark_history', days_ahead);
    FOR old IN SELECT part FROM day_partitions('mark_history') WHERE ends < clock_timestamp() - keep LOOP
        EXECUTE format('DROP TABLE %s', old);
    END LOOP;
END
$$;
SELECT mark_history_maintain(7, interval '8 days');

-- Moves marks of active members, up to the head and never back; `kinds` are 'read' or 'delivered', read moves
-- both. For each, by its place in the arrays:
--   'ok'         moved: `number` is where it stands now, `counted` and `user_version` are given for read marks; also a
--                read mark that stays, if the conversation was marked as unread, which it is not any more
--   'unchanged'  it stood there or above
--   'not_found'  he is not a member
-- A read mark is a personal change and takes a version; several for one mark in one call count as the highest
-- of them. `told` is what others may be told of it, 'read' or 'delivered': a read mark of somebody who reads silently is
-- a delivered mark for them, also in the history, and stays so when he reads silently no more.
CREATE FUNCTION advance_marks(tenants uuid[], roots uuid[], conversations uuid[], users uuid[], kinds text[],
                              numbers bigint[])
    RETURNS TABLE (ord int, outcome text, number bigint, counted bigint, user_version bigint, at timestamptz,
                   member_count int, told text)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz;
BEGIN
    INSERT INTO marks (tenant_id, root_id, conversation_id, user_id)
    SELECT DISTINCT m.tenant_id, m.root_id, m.conversation_id, m.user_id
      FROM unnest(tenants, roots, conversations, users) AS a (tenant_id, root_id, conversation_id, user_id)
      JOIN members m USING (tenant_id, root_id, conversation_id, user_id)
     WHERE m.active
       AND NOT EXISTS (SELECT FROM marks k WHERE k.root_id = a.root_id AND k.conversation_id = a.conversation_id
                                             AND k.user_id = a.user_id)
     ORDER BY m.root_id, m.conversation_id, m.user_id
    ON CONFLICT DO NOTHING;
    PERFORM FROM (SELECT DISTINCT * FROM unnest(roots, conversations, users) AS a (root_id, conversation_id, user_id)) a
            JOIN marks k USING (root_id, conversation_id, user_id)
      ORDER BY k.root_id, k.conversation_id, k.user_id FOR NO KEY UPDATE OF k;
    moment := date_trunc('milliseconds', clock_timestamp());

    RETURN QUERY
    WITH asked AS (
        SELECT *, row_number() OVER (PARTITION BY root_id, conversation_id, user_id, kind
                                     ORDER BY number DESC, ord) AS nth
          FROM unnest(tenants, roots, conversations, users, kinds, numbers) WITH ORDINALITY
               AS a (tenant_id, root_id, conversation_id, user_id, kind, number, ord)
    ), goals AS (
        SELECT tenant_id, root_id, conversation_id, user_id, max(number) AS delivered_number,
               coalesce(max(number) FILTER (WHERE kind = 'read'), 0) AS read_number, bool_or(kind = 'read') AS reads
          FROM asked GROUP BY tenant_id, root_id, conversation_id, user_id
    ), clamped AS (
        SELECT g.tenant_id, g.root_id, g.conversation_id, g.user_id, k.read_counted, c.member_count,
               greatest(k.read_number, least(g.read_number, h.last_number)) AS read_number,
               greatest(k.delivered_number, least(g.delivered_number, h.last_number)) AS delivered_number,
               least(g.read_number, h.last_number) > k.read_number AS read_moves,
               least(g.delivered_number, h.last_number) > k.delivered_number AS delivered_moves,
               g.reads AND reads_silently(g.tenant_id, g.user_id) AS silent,
               g.reads AND EXISTS (SELECT FROM user_conversations u
                                    WHERE u.tenant_id = g.tenant_id AND u.user_id = g.user_id
                                      AND u.conversation_id = g.conversation_id AND u.settings ? 'markedUnread') AS marked
          FROM goals g
          JOIN members m USING (tenant_id, root_id, conversation_id, user_id)
          JOIN marks k USING (root_id, conversation_id, user_id)
          JOIN conversation_counters h ON h.root_id = g.root_id AND h.id = g.conversation_id
          JOIN conversations c ON c.root_id = g.root_id AND c.id = g.conversation_id
         WHERE m.active
    ), moves AS (
        SELECT c.*, coalesce(s.counted, c.read_counted) AS counted
          FROM clamped c
          LEFT JOIN messages s ON c.read_moves AND s.root_id = c.root_id AND s.conversation_id = c.conversation_id
                              AND s.number = c.read_number
    ), moved AS (
        UPDATE marks k
           SET read_number = m.read_number, read_counted = m.counted, delivered_number = m.delivered_number,
               read_at = CASE WHEN m.read_moves AND NOT m.silent THEN moment ELSE k.read_at END,
               shown_number = CASE WHEN NOT m.read_moves THEN k.shown_number
                                   WHEN m.silent THEN coalesce(k.shown_number, k.read_number) END,
               delivered_at = CASE WHEN m.delivered_moves THEN moment ELSE k.delivered_at END
          FROM moves m
         WHERE (m.read_moves OR m.delivered_moves)
           AND k.root_id = m.root_id AND k.conversation_id = m.conversation_id AND k.user_id = m.user_id
    ), remembered AS (
        INSERT INTO mark_history (tenant_id, root_id, conversation_id, user_id, kind, number, at)
        SELECT tenant_id, root_id, conversation_id, user_id, 'read', read_number, moment FROM moves
         WHERE read_moves AND NOT silent
        UNION ALL
        SELECT tenant_id, root_id, conversation_id, user_id, 'delivered', delivered_number, moment FROM moves
         WHERE delivered_moves AND (silent OR delivered_number > read_number)
    ), reads AS (
        SELECT *, row_number() OVER (ORDER BY root_id, conversation_id, user_id) AS place FROM moves
         WHERE read_moves OR marked
    ), versions AS (
        SELECT r.tenant_id, r.root_id, r.conversation_id, r.user_id, v.user_version
          FROM (SELECT array_agg(tenant_id ORDER BY place) AS tenants, array_agg(user_id ORDER BY place) AS users
                  FROM reads) a
         CROSS JOIN LATERAL take_user_versions(a.tenants, a.users) v
          JOIN reads r ON r.place = v.ord
    ), personal AS (
        UPDATE user_conversations u SET user_version = v.user_version, settings = u.settings - 'markedUnread'
          FROM versions v
         WHERE u.tenant_id = v.tenant_id AND u.user_id = v.user_id AND u.conversation_id = v.conversation_id
    ), noted AS (
        INSERT INTO journal (user_tenants, users, user_versions)
        SELECT array_agg(tenant_id), array_agg(user_id), array_agg(user_version)
          FROM (SELECT tenant_id, user_id, max(user_version) AS user_version
                  FROM versions GROUP BY tenant_id, user_id) p
        HAVING count(*) > 0
    )
    SELECT a.ord::int,
           CASE WHEN m.user_id IS NULL THEN 'not_found'
                WHEN a.nth = 1 AND CASE a.kind WHEN 'read' THEN m.read_moves OR m.marked
                     ELSE m.delivered_moves AND m.delivered_number > m.read_number END THEN 'ok'
                ELSE 'unchanged' END,
           CASE a.kind WHEN 'read' THEN m.read_number ELSE m.delivered_number END,
           CASE a.kind WHEN 'read' THEN m.counted END,
           CASE WHEN a.kind = 'read' AND a.nth = 1 THEN v.user_version END,
           moment, m.member_count,
           CASE WHEN a.nth > 1 THEN NULL
                WHEN a.kind = 'read' AND m.read_moves AND NOT m.silent THEN 'read'
                WHEN m.delivered_moves AND (a.kind = 'delivered') = (m.delivered_number > m.read_number)
                     AND (a.kind = 'delivered' OR m.silent) THEN 'delivered' END
      FROM asked a
      LEFT JOIN moves m USING (tenant_id, root_id, conversation_id, user_id)
      LEFT JOIN versions v USING (tenant_id, root_id, conversation_id, user_id)
     ORDER BY a.ord;
END
$$;

-- Moves the read marks of people who have just sent and had nothing unread before. Each place of the arrays is
-- a run of one person's messages that nobody else's interrupts, by the `counted` of its first and last message
-- and the number of its last. Says nothing and takes no version: the devices of the sender see the message
-- itself. Should this be lost, nothing is wrong: `unread` subtracts what the person has sent himself.
CREATE FUNCTION advance_own_marks(conversations uuid[], users uuid[], first_counted bigint[], last_counted bigint[],
                                  last_number bigint[]) RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO marks AS k (tenant_id, root_id, conversation_id, user_id, read_number, read_counted, delivered_number)
    SELECT m.tenant_id, m.root_id, m.conversation_id, m.user_id, a.last_number, a.last_counted, a.last_number
      FROM unnest(conversations, users, first_counted, last_counted, last_number)
           AS a (conversation_id, user_id, first_counted, last_counted, last_number)
      JOIN members m ON m.conversation_id = a.conversation_id AND m.user_id = a.user_id
      -- All of its key from one table, or it may be looked up by a part of it.
      LEFT JOIN marks s ON s.conversation_id = m.conversation_id AND s.user_id = m.user_id AND s.root_id = m.root_id
     WHERE m.active AND greatest(s.read_counted, m.from_counted) BETWEEN a.first_counted - 1 AND a.last_counted - 1
     ORDER BY m.root_id, m.conversation_id, m.user_id
    ON CONFLICT (conversation_id, user_id, root_id) DO UPDATE
       SET read_number = excluded.read_number, read_counted = excluded.read_counted,
           delivered_number = greatest(k.delivered_number, excluded.delivered_number)
     WHERE k.read_number < excluded.read_number; -- a mark seen above only moves forward: what held then still holds
END
$$;

-- How many messages a member has not read is for `unread` to say, in V27__expiry.sql: it must know what he has hidden
-- from himself and what is gone.
