-- What search finds: an index of messages and of names, made from the journal.
--
-- A message is a row whose `words` are its folded words (made outside, by one piece of code for messages and searches
-- alike), each with the key of its block in front: of a conversation with its threads so many messages that follow
-- each other. So the list of rows that the index keeps for a word is never longer than a block, a beginning of a word is
-- a range within a block, and a search reads only the blocks of the searcher's own conversations, the newest first, and
-- stops when the page is full. docs/adr/0020 has the figures of this and of the alternatives.
--
-- Words that begin with '=' are none of the text: =s<sender>, =k<type>, =l (has a link), =t (in a thread), =m<person> and
-- =e (mentions somebody, everybody). All filters but times are words.

-- `words` is null when the message is gone: the row stays, with its version, so that whoever comes late with an older
-- state of it writes nothing. The key is in the order of time, because that is how the newest are read.
CREATE TABLE search_documents (
    tenant_id       uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    number          bigint      NOT NULL,
    version         bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    generation      int         NOT NULL, -- see search_state
    words           tsvector,
    PRIMARY KEY (root_id, created_at, conversation_id, number)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
-- New rows wait in a list until there are 128 KB of them, some 270 messages of 300 bytes, and go in together: that takes
-- less than half of the time and of the log. Each look into the index reads that list, some 60 us when it is full.
CREATE INDEX search_documents_words ON search_documents USING gin (words)
    WITH (fastupdate = on, gin_pending_list_limit = 128);

-- The names of groups; the key of the tenant in front of each word.
CREATE TABLE search_names (
    tenant_id       uuid     NOT NULL,
    conversation_id uuid     PRIMARY KEY,
    version         bigint   NOT NULL, -- of the conversation's settings
    generation      int      NOT NULL,
    words           tsvector NOT NULL
);
CREATE INDEX search_names_words ON search_names USING gin (words) WITH (fastupdate = off);

-- Which making of the index is the newest, and how far it has come. Rows of an older one serve until they are replaced.
CREATE TABLE search_state (
    id           smallint    PRIMARY KEY CHECK (id = 1),
    generation   int         NOT NULL,
    tokens       int         NOT NULL, -- version of the code that makes words of texts
    phase        text        NOT NULL CHECK (phase IN ('names', 'messages', 'done')),
    conversation uuid        NOT NULL, -- the last row that was worked off, in the order of keys
    number       bigint      NOT NULL,
    done         bigint      NOT NULL, -- rows worked off
    started_at   timestamptz,
    finished_at  timestamptz
) WITH (fillfactor = 50);
INSERT INTO search_state
VALUES (1, 0, 0, 'done', '00000000-0000-0000-0000-000000000000', 0, 0, NULL, NULL);

-- The last searches of a person, as he has typed them.
CREATE TABLE search_recent (
    tenant_id   uuid        NOT NULL,
    user_id     uuid        NOT NULL,
    q           text        NOT NULL,
    searched_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, q)
);

-- A message that is deleted is not found from the same moment on, and its words go with it.
CREATE FUNCTION forget_words() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    INSERT INTO search_documents AS d (tenant_id, root_id, conversation_id, number, version, created_at, generation)
    VALUES (NEW.tenant_id, NEW.root_id, NEW.conversation_id, NEW.number, NEW.version, NEW.created_at, 0)
    ON CONFLICT (root_id, created_at, conversation_id, number) DO UPDATE
       SET words = NULL, version = greatest(d.version, excluded.version);
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_words AFTER UPDATE OF deleted_at ON messages
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION forget_words();

CREATE FUNCTION forget_document() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    DELETE FROM search_documents d
     WHERE d.root_id = OLD.root_id AND d.created_at = OLD.created_at AND d.conversation_id = OLD.conversation_id
       AND d.number = OLD.number;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_document AFTER DELETE ON messages FOR EACH ROW EXECUTE FUNCTION forget_document();

-- The number of the last message of a root made by then; 0 if there is none. Times grow with numbers.
CREATE FUNCTION search_place(root uuid, moment timestamptz) RETURNS bigint
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp SET enable_bitmapscan = off
AS $$
DECLARE
    low  bigint := 0; -- made by then
    high bigint;      -- made later
    mid  bigint;
    made timestamptz;
BEGIN
    SELECT CASE WHEN k.last_at <= moment THEN k.last_number END, k.last_number + 1 INTO mid, high
      FROM conversation_counters k WHERE k.id = root AND k.root_id = root;
    IF mid IS NOT NULL OR high IS NULL THEN
        RETURN coalesce(mid, 0);
    END IF;
    WHILE high - low > 1 LOOP
        mid := (low + high) / 2;
        SELECT m.created_at INTO made FROM messages m
         WHERE m.conversation_id = root AND m.number >= mid ORDER BY m.number LIMIT 1;
        IF made <= moment THEN
            low := mid;
        ELSE
            high := mid;
        END IF;
    END LOOP;
    RETURN low;
END
$$;

-- The block of a message. It depends on nothing that changes. Without settings of its own, so that it becomes part of the
-- query that asks.
CREATE FUNCTION search_block(root uuid, conversation uuid, number bigint, moment timestamptz) RETURNS bigint
    LANGUAGE sql STABLE
AS $$ SELECT CASE WHEN root = conversation THEN number ELSE parley.search_place(root, moment) END / 4096 $$;

-- Puts messages into the index, in place of older states of them.
CREATE FUNCTION search_index(tenants uuid[], roots uuid[], conversations uuid[], numbers bigint[], versions bigint[],
                             moments timestamptz[], vectors text[]) RETURNS void
    LANGUAGE sql SET search_path = parley, pg_temp
AS $$
    INSERT INTO search_documents AS d (tenant_id, root_id, conversation_id, number, version, created_at, generation, words)
    SELECT n.tenant_id, n.root_id, n.conversation_id, n.number, n.version, n.created_at,
           (SELECT generation FROM search_state), n.vector::tsvector
      FROM unnest(tenants, roots, conversations, numbers, versions, moments, vectors)
           AS n (tenant_id, root_id, conversation_id, number, version, created_at, vector)
     ORDER BY n.root_id, n.created_at, n.conversation_id, n.number
    ON CONFLICT (root_id, created_at, conversation_id, number) DO UPDATE
       SET version = excluded.version, generation = excluded.generation, words = excluded.words
     WHERE d.version < excluded.version OR d.version = excluded.version AND d.generation < excluded.generation
$$;

-- Where a person may look: his conversations (of those given, if any are), with the time of the newest indexed message
-- in each and the block that it is in; with a bound, of the newest one before it.
CREATE FUNCTION search_scopes(tenant uuid, person uuid, conversations uuid[], bound timestamptz)
    RETURNS TABLE (root uuid, newest timestamptz, block bigint)
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    wanted uuid[];
BEGIN
    IF conversations IS NOT NULL THEN
        SELECT coalesce(array_agg(DISTINCT c.root_id), '{}') INTO wanted
          FROM conversations c WHERE c.id = ANY (search_scopes.conversations) AND c.tenant_id = tenant;
    END IF;
    RETURN QUERY
    SELECT u.conversation_id, d.created_at,
           CASE WHEN k.last_number < 4096 THEN 0
                WHEN bound IS NULL THEN k.last_number / 4096
                ELSE search_place(u.conversation_id, bound) / 4096 END
      FROM user_conversations u
      JOIN conversation_counters k ON k.id = u.conversation_id
     CROSS JOIN LATERAL (
           SELECT s.created_at FROM search_documents s
            WHERE s.root_id = u.conversation_id AND s.created_at <= coalesce(bound, 'infinity')
            ORDER BY s.root_id DESC, s.created_at DESC, s.conversation_id DESC, s.number DESC LIMIT 1) d
     WHERE u.tenant_id = tenant AND u.user_id = person AND u.state = 'member' AND u.root_id = u.conversation_id
       AND (wanted IS NULL OR u.conversation_id = ANY (wanted));
END
$$;

-- What is found in blocks, of each the newest `most` that the person may read now and has not hidden from himself (see
-- V23), and how many there are. The place of a scope is where it ends: what is not older is left out. `lower` is the
-- time at which the block begins, null of the first one of a conversation. Conditions that are IS TRUE are for no index:
-- words are looked up, and the few rows that have them are looked through, whatever the planner thinks of their number.
CREATE FUNCTION search_blocks(tenant uuid, person uuid, roots uuid[], blocks bigint[], queries text[], ranks text[],
                              ats timestamptz[], places uuid[], numbers bigint[], since timestamptz, within uuid[],
                              most int)
    RETURNS TABLE (ord int, lower timestamptz, conversation uuid, number bigint, created_at timestamptz, rank real,
                   found bigint)
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT w.ord::int,
           (SELECT m.created_at FROM messages m
             WHERE w.block > 0 AND m.conversation_id = w.root AND m.number >= w.block * 4096
             ORDER BY m.number LIMIT 1),
           h.conversation_id, h.number, h.created_at,
           CASE WHEN w.rank IS NULL THEN 0 ELSE ts_rank(h.words, w.rank::tsquery, 1) END, h.found
      FROM unnest(roots, blocks, queries, ranks, ats, places, numbers) WITH ORDINALITY
           AS w (root, block, query, rank, at, place, nth, ord)
      LEFT JOIN LATERAL (
           WITH raw AS MATERIALIZED (
               SELECT d.conversation_id, d.number, d.created_at, d.words
                 FROM search_documents d
                WHERE d.words @@ w.query::tsquery AND (d.root_id = w.root) IS TRUE
                  AND ((d.created_at, d.conversation_id, d.number) < (w.at, w.place, w.nth)) IS TRUE
                  AND (d.created_at >= since) IS TRUE
                  AND (within IS NULL OR d.conversation_id = ANY (within))
           ), spans AS MATERIALIZED (
               SELECT c.conversation_id, s.first, s.past, s.since, s.until, s.singles
                 FROM (SELECT DISTINCT conversation_id FROM raw) c
                CROSS JOIN LATERAL shown_spans(tenant, c.conversation_id, person) s
           )
           SELECT r.conversation_id, r.number, r.created_at, r.words, count(*) OVER () AS found
             FROM raw r
            WHERE EXISTS (SELECT FROM spans s
                           WHERE s.conversation_id = r.conversation_id AND r.number >= s.first AND r.number < s.past
                             AND r.created_at >= s.since AND r.created_at < s.until
                             AND NOT (s.singles AND hidden_for(person, r.conversation_id, r.number)))
            ORDER BY r.created_at DESC, r.conversation_id DESC, r.number DESC LIMIT most) h ON true;
END
$$;

-- The same, but what is looked through are the newest `size` rows of each conversation, without the index of words: where
-- nearly every message has what is looked for, that is the shorter way to the newest. `lower`, `lower_place` and
-- `lower_number` are the last row that was looked at, null when there are no more.
CREATE FUNCTION search_tails(tenant uuid, person uuid, roots uuid[], queries text[], ranks text[], ats timestamptz[],
                             places uuid[], numbers bigint[], since timestamptz, within uuid[], size int)
    RETURNS TABLE (ord int, lower timestamptz, lower_place uuid, lower_number bigint, conversation uuid, number bigint,
                   created_at timestamptz, rank real)
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
    SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT w.ord::int, CASE WHEN t.last THEN t.created_at END, CASE WHEN t.last THEN t.conversation_id END,
           CASE WHEN t.last THEN t.number END, CASE WHEN t.hit THEN t.conversation_id END, t.number, t.created_at,
           CASE WHEN t.hit AND w.rank IS NOT NULL THEN ts_rank(t.words, w.rank::tsquery, 1) ELSE 0 END
      FROM unnest(roots, queries, ranks, ats, places, numbers) WITH ORDINALITY
           AS w (root, query, rank, at, place, nth, ord)
      LEFT JOIN LATERAL (
           WITH raw AS MATERIALIZED (
               SELECT d.conversation_id, d.number, d.created_at, d.words
                 FROM search_documents d
                WHERE d.root_id = w.root AND d.created_at <= w.at
                  AND (d.created_at, d.conversation_id, d.number) < (w.at, w.place, w.nth)
                ORDER BY d.root_id DESC, d.created_at DESC, d.conversation_id DESC, d.number DESC LIMIT size
           ), spans AS MATERIALIZED (
               SELECT c.conversation_id, s.first, s.past, s.since, s.until, s.singles
                 FROM (SELECT DISTINCT conversation_id FROM raw) c
                CROSS JOIN LATERAL shown_spans(tenant, c.conversation_id, person) s
           ), numbered AS (
               SELECT r.*, row_number() OVER (ORDER BY r.created_at, r.conversation_id, r.number) AS nth,
                      count(*) OVER () AS rows
                 FROM raw r
           )
           SELECT r.conversation_id, r.number, r.created_at, r.words, r.nth = 1 AND r.rows = size AS last, r.hit
             FROM (SELECT r.*, coalesce(r.words @@ w.query::tsquery, false) AND r.created_at >= since
                               AND (within IS NULL OR r.conversation_id = ANY (within))
                               AND EXISTS (SELECT FROM spans s
                                            WHERE s.conversation_id = r.conversation_id AND r.number >= s.first
                                              AND r.number < s.past AND r.created_at >= s.since
                                              AND r.created_at < s.until
                                              AND NOT (s.singles AND hidden_for(person, r.conversation_id, r.number)))
                               AS hit
                     FROM numbered r) r
            WHERE r.hit OR r.nth = 1) t ON true;
END
$$;

-- Groups by name: the person's own, then the public ones that he is not in and could join (a guest none), each by name.
-- After the one of the cursor. Of the public ones so many at most are looked at.
CREATE FUNCTION search_groups(tenant uuid, person uuid, query text, after_member boolean, after_name text,
                              after_id uuid, most int, most_public int)
    RETURNS TABLE (id uuid, type text, name text, visibility text, member_count int, member boolean)
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT g.id, g.type, g.name, g.visibility, g.member_count, g.member
      FROM (SELECT c.id, c.type, c.name, c.visibility, c.member_count, true AS member
              FROM user_conversations u
             CROSS JOIN LATERAL (SELECT n.words FROM search_names n WHERE n.conversation_id = u.conversation_id) n
             CROSS JOIN LATERAL (SELECT s.* FROM conversations s WHERE s.id = u.conversation_id) c
             WHERE u.tenant_id = tenant AND u.user_id = person AND u.state = 'member' AND u.type = 'group'
               AND (n.words @@ query::tsquery) IS TRUE AND c.status = 'active'
             UNION ALL
            SELECT c.id, c.type, c.name, c.visibility, c.member_count, false
              FROM (SELECT n.conversation_id FROM search_names n
                     WHERE n.words @@ query::tsquery AND (n.tenant_id = tenant) IS TRUE
                       AND EXISTS (SELECT FROM conversations p
                                    WHERE p.id = n.conversation_id AND p.visibility = 'public')
                     LIMIT most_public) n
             CROSS JOIN LATERAL (SELECT s.* FROM conversations s WHERE s.id = n.conversation_id) c
             WHERE NOT is_guest(tenant, person)
               AND c.tenant_id = tenant AND c.status = 'active' AND c.visibility = 'public' AND c.type = 'group'
               AND c.archived_at IS NULL AND NOT any_banned(c.id, ARRAY[person])
               AND NOT EXISTS (SELECT FROM user_conversations u
                                WHERE u.tenant_id = tenant AND u.user_id = person AND u.conversation_id = c.id
                                  AND u.state = 'member')) g
     WHERE after_id IS NULL
        OR (NOT g.member, g.name COLLATE "C", g.id) > (NOT after_member, after_name COLLATE "C", after_id)
     ORDER BY NOT g.member, g.name COLLATE "C", g.id LIMIT most;
END
$$;

-- Begins to make the index anew. What there is serves meanwhile, and what is new is indexed as always.
CREATE FUNCTION search_rebuild(of_tokens int) RETURNS int
    LANGUAGE sql SET search_path = parley, pg_temp
AS $$
    UPDATE search_state
       SET generation = generation + 1, tokens = of_tokens, phase = 'names', done = 0, number = 0,
           conversation = '00000000-0000-0000-0000-000000000000', started_at = clock_timestamp(), finished_at = NULL
    RETURNING generation
$$;

-- The searches that a person has made last, newest first.
CREATE FUNCTION recent_searches(tenant uuid, person uuid) RETURNS TABLE (q text, searched_at timestamptz)
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT r.q, r.searched_at FROM search_recent r
     WHERE r.tenant_id = tenant AND r.user_id = person ORDER BY r.searched_at DESC, r.q LIMIT 10
$$;

-- Keeps a search, or forgets all (`typed` is null). Answers the list after it and the version taken, null when nothing
-- has changed.
CREATE FUNCTION remember_search(tenant uuid, person uuid, typed text) RETURNS TABLE (user_version bigint, items jsonb)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    changed boolean := true;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('searches ' || person, 0));
    IF typed IS NULL THEN
        DELETE FROM search_recent r WHERE r.tenant_id = tenant AND r.user_id = person;
        changed := FOUND;
    ELSE
        INSERT INTO search_recent (tenant_id, user_id, q, searched_at)
        VALUES (tenant, person, typed, date_trunc('milliseconds', clock_timestamp()))
        ON CONFLICT (tenant_id, user_id, q) DO UPDATE SET searched_at = excluded.searched_at;
        DELETE FROM search_recent r
         WHERE r.tenant_id = tenant AND r.user_id = person
           AND r.q NOT IN (SELECT kept.q FROM recent_searches(tenant, person) kept);
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object('q', l.q, 'at', iso_time(l.searched_at))
                              ORDER BY l.searched_at DESC, l.q), '[]')
      INTO items FROM recent_searches(tenant, person) l;
    IF changed THEN
        SELECT t.user_version INTO user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['searches']) t;
    END IF;
    RETURN NEXT;
END
$$;
