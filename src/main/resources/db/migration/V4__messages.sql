-- Messages, and how they are appended.
--
-- A message's place is its number, drawn from the conversation's counter under the conversation's lock, so that
-- numbers have no gaps; its id is the client's, and the unique index on it is the only guard against storing
-- one twice. `version` moves with every later change (edit, deletion); id, number and fingerprint never do, so
-- that a send may be repeated for ever. `counted` is the running count of messages that count as unread: the
-- number of unread messages is a subtraction, and no row per member is written when a message is sent.
--
-- The one table that is partitioned by the conversation, so that vacuum and index builds go in parts. Eight,
-- and none of the others, because each partition costs every call: with 16 of messages and 16 of members one
-- message took 0.48 ms instead of 0.30, with 8 of messages alone 0.35.

CREATE TABLE messages (
    tenant_id       uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    number          bigint      NOT NULL,
    version         bigint      NOT NULL,
    id              uuid        NOT NULL,
    sender_id       uuid,       -- of a system message: who acted, null for an operator
    type            text        NOT NULL,
    content         text,       -- JSON text of the type; null when deleted
    fingerprint     bytea,      -- of the content as first sent; null for system messages
    counted         bigint      NOT NULL, -- counting messages up to and including this one
    counts          boolean     NOT NULL,
    created_at      timestamptz NOT NULL, -- milliseconds, never below the predecessor's
    edited_at       timestamptz,
    deleted_at      timestamptz,
    PRIMARY KEY (conversation_id, number, root_id)
) PARTITION BY HASH (root_id);
DO $$
BEGIN
    FOR part IN 0 .. 7 LOOP
        EXECUTE format('CREATE TABLE messages_%s PARTITION OF messages '
                       'FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)', part);
    END LOOP;
END
$$;
CREATE INDEX messages_version ON messages (conversation_id, version) WHERE version > 0; -- as of members_version
-- The id leads: it grows with time, so that new entries share pages, whichever conversation they belong to.
CREATE UNIQUE INDEX messages_id ON messages (id, conversation_id, root_id);

-- Appends messages, for each conversation in the order given. For each, by its place in the arrays (the rows
-- come in any order):
--   'ok'         stored, with its number and version
--   'duplicate'  the id is there with this sender and fingerprint: what it was given then (its version is the
--                present one); true also if the sender has left or the message was edited or deleted since
--   'conflict'   the id is there for something else
--   'forbidden'  members of his role may not send here
--   'not_found'  no such conversation for this sender: unknown, deleted, of another tenant, or he is not a member
--   'busy'       only if not `patient`: somebody else is changing the conversation; none of its messages was stored
-- An id that comes twice in one call is judged the second time as a later call would.
--
-- Calls that share conversations wait for each other. A caller that is not patient gets on with the others and
-- sends the busy ones, and what follows them, in a patient call: two connections with batches of 20 over the
-- same 100 rooms stored a third more so.
--
-- The path that everything takes, so: two statements for any number of messages, three if patient. The planner
-- is left no choice but look-ups by index: a plan made while the tables are small, and kept, is wrong as soon
-- as they are not.
CREATE FUNCTION append_messages(tenants uuid[], roots uuid[], conversations uuid[], senders uuid[], ids uuid[],
                                types text[], contents text[], fingerprints bytea[], patient boolean DEFAULT true)
    RETURNS TABLE (ord int, outcome text, number bigint, version bigint, counted bigint, created_at timestamptz)
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    heads  record; -- what the locks found, an entry for each message whose conversation there is
    moment timestamptz;
    places int[];
BEGIN
    IF patient THEN
        PERFORM FROM (SELECT DISTINCT * FROM unnest(roots, conversations) AS a (root_id, id)) a
                JOIN conversation_counters k ON k.id = a.id AND k.root_id = a.root_id
          ORDER BY k.root_id, k.id FOR NO KEY UPDATE OF k;
    END IF;
    SELECT array_agg(o.ord) AS ords, array_agg(tenant_id) AS tenants, array_agg(root_id) AS roots, array_agg(id) AS ids,
           array_agg(last_number) AS numbers, array_agg(last_version) AS versions, array_agg(last_counted) AS counted,
           array_agg(last_at) AS times, array_agg(send_rank) AS ranks, count(DISTINCT ids[o.ord]) AS distinct_ids
      INTO heads
      FROM (SELECT k.*, a.ords
              FROM (SELECT tenant_id, root_id, id, array_agg(ord::int ORDER BY ord) AS ords
                      FROM unnest(tenants, roots, conversations) WITH ORDINALITY AS a (tenant_id, root_id, id, ord)
                     GROUP BY tenant_id, root_id, id) a
              JOIN conversation_counters k ON k.id = a.id AND k.root_id = a.root_id
             WHERE k.tenant_id = a.tenant_id
             ORDER BY k.root_id, k.id
               FOR NO KEY UPDATE OF k SKIP LOCKED) locked, unnest(ords) AS o (ord);
    moment := date_trunc('milliseconds', clock_timestamp());

    IF heads.distinct_ids < cardinality(heads.ords)
       AND EXISTS (SELECT FROM unnest(ids, conversations) AS a (id, conversation_id)
                    GROUP BY id, conversation_id HAVING count(*) > 1) THEN
        -- First of each id, then of the others, by calls of their own, which find the locks taken.
        FOR places IN
            SELECT array_agg(place ORDER BY place)
              FROM (SELECT place, row_number() OVER same_id = 1 AS first FROM unnest(heads.ords) AS place
                    WINDOW same_id AS (PARTITION BY ids[place], conversations[place] ORDER BY place)) a
             GROUP BY first ORDER BY first DESC
        LOOP
            RETURN QUERY
            SELECT places[r.ord], r.outcome, r.number, r.version, r.counted, r.created_at
              FROM (SELECT array_agg(tenants[p] ORDER BY p) AS tenants, array_agg(roots[p] ORDER BY p) AS roots,
                           array_agg(conversations[p] ORDER BY p) AS conversations,
                           array_agg(senders[p] ORDER BY p) AS senders, array_agg(ids[p] ORDER BY p) AS ids,
                           array_agg(types[p] ORDER BY p) AS types, array_agg(contents[p] ORDER BY p) AS contents,
                           array_agg(fingerprints[p] ORDER BY p) AS fingerprints
                      FROM unnest(places) AS p) a,
                   append_messages(a.tenants, a.roots, a.conversations, a.senders, a.ids, a.types, a.contents,
                                   a.fingerprints) r;
        END LOOP;
    ELSE
        RETURN QUERY
        WITH judged AS (
            SELECT a.*, greatest(moment, a.last_at) AS moment, old.number AS old_number, old.version AS old_version,
                   old.counted AS old_counted, old.created_at AS old_moment,
                   CASE WHEN old.sender_id = senders[a.ord] AND old.fingerprint = fingerprints[a.ord] THEN 'duplicate'
                        WHEN m.user_id IS NULL OR a.send_rank > 3 THEN 'not_found'
                        WHEN old.id IS NOT NULL THEN 'conflict'
                        WHEN role_rank(m.role) < a.send_rank THEN 'forbidden'
                        ELSE 'ok' END AS outcome
              FROM unnest(heads.ords, heads.tenants, heads.roots, heads.ids, heads.numbers, heads.versions,
                          heads.counted, heads.times, heads.ranks)
                   AS a (ord, tenant_id, root_id, conversation_id, last_number, last_version, last_counted, last_at,
                         send_rank)
              LEFT JOIN members m ON m.conversation_id = a.conversation_id AND m.user_id = senders[a.ord]
                                 AND m.root_id = a.root_id AND m.active
              LEFT JOIN messages old ON old.id = ids[a.ord] AND old.conversation_id = a.conversation_id
                                    AND old.root_id = a.root_id
        ), numbered AS (
            SELECT *, count(*) FILTER (WHERE outcome = 'ok')
                          OVER (PARTITION BY conversation_id, root_id ORDER BY ord) AS nth
              FROM judged
        ), stored AS (
            INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content,
                                  fingerprint, counted, counts, created_at)
            SELECT tenant_id, root_id, conversation_id, last_number + nth, last_version + nth, ids[ord], senders[ord],
                   types[ord], contents[ord], fingerprints[ord], last_counted + nth, true, moment
              FROM numbered WHERE outcome = 'ok'
        ), changed AS (
            SELECT tenant_id, root_id, conversation_id, last_version, moment, max(nth) AS added
              FROM numbered WHERE outcome = 'ok'
             GROUP BY tenant_id, root_id, conversation_id, last_version, moment
        ), counters AS (
            UPDATE conversation_counters k
               SET last_number = k.last_number + added, last_version = k.last_version + added,
                   last_counted = k.last_counted + added, last_at = moment, changed_xid = pg_current_xact_id()
              FROM changed c WHERE k.id = c.conversation_id AND k.root_id = c.root_id
        ), noted AS (
            INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions)
            SELECT array_agg(tenant_id), array_agg(root_id), array_agg(conversation_id), array_agg(last_version + 1),
                   array_agg(last_version + added)
              FROM changed HAVING count(*) > 0
        )
        SELECT ord, outcome,
               CASE outcome WHEN 'ok' THEN last_number + nth WHEN 'duplicate' THEN old_number END,
               CASE outcome WHEN 'ok' THEN last_version + nth WHEN 'duplicate' THEN old_version END,
               CASE outcome WHEN 'ok' THEN last_counted + nth WHEN 'duplicate' THEN old_counted END,
               CASE outcome WHEN 'ok' THEN moment WHEN 'duplicate' THEN old_moment END
          FROM numbered;
    END IF;

    IF heads.ords IS NULL OR cardinality(heads.ords) < cardinality(ids) THEN
        RETURN QUERY
        SELECT place, CASE WHEN k.id IS NULL THEN 'not_found' ELSE 'busy' END,
               NULL::bigint, NULL::bigint, NULL::bigint, NULL::timestamptz
          FROM generate_series(1, cardinality(ids)) AS place
          LEFT JOIN conversation_counters k ON NOT patient AND k.id = conversations[place] AND k.root_id = roots[place]
                                           AND k.tenant_id = tenants[place]
         WHERE place <> ALL (coalesce(heads.ords, '{}'));
    END IF;
END
$$;

-- The second half of every change of members or settings that is announced: the change itself has taken the
-- version after `head`, the system message takes the next; then the counters and the journal.
CREATE FUNCTION announce_change(change conversation_change, head locked_conversation, tenant uuid, root uuid,
                                conversation uuid, actor uuid, message_id uuid, users uuid[], user_versions bigint[],
                                notice jsonb) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    change.changed_at := head.moment;
    change.last_number := head.last_number;
    change.message_number := head.last_number + 1;
    change.message_version := change.version + 1;
    change.message_content := notice::text;

    INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content, counted,
                          counts, created_at)
    VALUES (tenant, root, conversation, change.message_number, change.message_version, message_id, actor, 'system',
            change.message_content, head.last_counted, false, head.moment);
    UPDATE conversation_counters k
       SET last_number = change.message_number, last_version = change.message_version, last_at = head.moment,
           changed_xid = pg_current_xact_id()
     WHERE k.root_id = root AND k.id = conversation;
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions, user_tenants, users, user_versions)
    VALUES (ARRAY[tenant], ARRAY[root], ARRAY[conversation], ARRAY[change.version], ARRAY[change.message_version],
            (SELECT array_agg(tenant) FROM unnest(users)), users, user_versions);
    RETURN change;
END
$$;
