-- Messages, and how they are appended.
--
-- A message's place is its number, drawn from the conversation's counter under the conversation's lock, so that
-- numbers have no gaps; its id is the client's, and the unique index on it is the only guard against storing
-- one twice. `version` moves with every later change (edit, deletion); id, number and fingerprint never do, so
-- that a send may be repeated for ever. `counted` is the running count of messages that count as unread: the
-- number of unread messages is a subtraction, and no row per member is written when a message is sent.
--
-- One table, for a call would open every partition to look for a repeated id, which takes as long as storing some
-- messages (docs/adr/0014); and vacuum in parts is not needed by a table to which rows are added and in which few
-- ever change.

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
    fingerprint     bytea,      -- of the content as first sent; null for system messages, and when expired
    counted         bigint      NOT NULL, -- counting messages up to and including this one
    counts          boolean     NOT NULL,
    created_at      timestamptz NOT NULL, -- milliseconds, never below the predecessor's
    edited_at       timestamptz,
    deleted_at      timestamptz,
    PRIMARY KEY (conversation_id, number, root_id)
);
CREATE INDEX messages_version ON messages (conversation_id, version) WHERE version > 0; -- as of members_version
-- The id leads: it grows with time, so that new entries share pages, whichever conversation they belong to.
CREATE UNIQUE INDEX messages_id ON messages (id, conversation_id, root_id);

-- Whoever is not plainly allowed to send is judged by judge_send: in threads, in slow mode, by a role, silenced, or refused.
-- A function, as are its look-ups, because a statement sets up all of its look-ups at each call, also those that it does
-- not come to: together they cost every send a fifth of its time.
CREATE FUNCTION counters_of(root uuid) RETURNS conversation_counters
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    counters parley.conversation_counters;
BEGIN
    SELECT * INTO counters FROM parley.conversation_counters k WHERE k.id = root;
    RETURN counters;
END
$$;

-- When somebody may write next in a conversation in slow mode, or in one of its threads; null: at once.
CREATE FUNCTION free_to_send(root uuid, person uuid) RETURNS timestamptz
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        SELECT l.sent_at + make_interval(secs => k.slow_seconds)
          FROM parley.slow_sends l JOIN parley.conversation_counters k ON k.id = l.conversation_id
         WHERE l.conversation_id = root AND l.user_id = person);
END
$$;

-- The outcome, as of append_messages, for a member or somebody who is none. `known`: the id is there for something else;
-- `refused`: what the message refers to is not there.
CREATE FUNCTION judge_send(root uuid, conversation uuid, person uuid, known boolean, refused boolean, moment timestamptz)
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    own   members;
    here  conversation_counters := counters_of(conversation);
    above conversation_counters := counters_of(root);
BEGIN
    SELECT * INTO own FROM members m WHERE m.conversation_id = root AND m.user_id = person AND m.active;
    RETURN CASE
        WHEN own.user_id IS NULL OR here.send_rank = 4 OR above.send_rank = 4 THEN 'not_found'
        WHEN known THEN 'conflict'
        WHEN own.silenced_until > moment THEN 'forbidden'
        WHEN role_rank(own.role) < here.send_rank AND NOT sends_by_role(own.role_id, here.send_rank) THEN 'forbidden'
        WHEN role_rank(own.role) < above.send_rank AND NOT sends_by_role(own.role_id, above.send_rank) THEN 'forbidden'
        WHEN refused THEN 'refused'
        WHEN conversation <> root AND NOT EXISTS (
                 SELECT FROM user_conversations f
                  WHERE f.tenant_id = own.tenant_id AND f.user_id = person AND f.conversation_id = conversation
                    AND f.state = 'member' AND NOT f.watching) THEN 'not_following'
        WHEN above.slow_seconds > 0 AND role_rank(own.role) < 2 AND free_to_send(root, person) > moment THEN 'slow'
        ELSE 'ok' END;
END
$$;

-- Those of the messages that were appended by this transaction; not in a subtransaction, whose number their rows would have.
CREATE FUNCTION just_appended(conversations uuid[], ids uuid[]) RETURNS SETOF messages
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT s.* FROM unnest(conversations, ids) AS a (conversation_id, id)
      JOIN messages s ON (s.id, s.conversation_id) >= (a.id, a.conversation_id)
                     AND (s.id, s.conversation_id) <= (a.id, a.conversation_id)
     WHERE s.xmin = pg_current_xact_id()::xid;
END
$$;

-- Appends messages, for each conversation in the order given. For each, by its place in the arrays (the rows
-- come in any order):
--   'ok'            stored, with its number and version
--   'duplicate'     the id is there with this sender and fingerprint: what it was given then (its version is the
--                   present one); true also if the sender has left or the message was edited or deleted since
--   'conflict'      the id is there for something else
--   'forbidden'     members of his rank may not send here and no role of his own lets him, or he is silenced
--   'slow'          slow mode: `retry_ms` says how long he must wait
--   'not_following' a thread that he may send to once he follows it; to watch it is not enough
--   'not_found'     no such conversation for this sender: unknown, deleted (or its root is), of another tenant, or he
--                   is not a member
-- An id that comes twice for a conversation in one call raises, and nothing is stored: the second belongs into
-- another call, unless slow mode is on. Of conversations in slow mode the messages of a call are taken one after the other; in their threads
-- it holds as well, with one clock for each person and root.
--
-- `lifetimes` are the seconds for which a message may be read, counted from now; null (also instead of the whole
-- array): as long as the conversation's timer says. Who sends again what is gone already is told that it was sent,
-- whatever he says now: nothing is left to compare it with.
--
-- A message whose content is null refers to something that is not there: it is refused, if it was not stored before and its
-- sender may send at all.
--
-- The path that everything takes, so: two statements for any number of messages, and one more each for slow mode,
-- mentions and polls where there are any. The first takes the locks, the second sees what was committed while it waited,
-- and judges nothing that the first has not locked, but of a thread its root as it is. Only he whose rank is too low is
-- asked for a role, so whoever has none pays nothing for it. The planner is left no choice but
-- look-ups by index, and by the right one (a comparison of rows is served only by an index that begins with them): a
-- plan made while the tables are small, and kept, is wrong as soon as they are not.
CREATE FUNCTION append_messages(tenants uuid[], conversations uuid[], senders uuid[], ids uuid[], types text[],
                                contents text[], fingerprints bytea[], lifetimes int[])
    RETURNS TABLE (ord int, outcome text, number bigint, version bigint, counted bigint, created_at timestamptz,
                   retry_ms bigint, expires_at timestamptz)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    now_ms timestamptz;
    locked uuid[];
    slow   uuid[]; -- those of them that are in slow mode; if there is one here below, it is the only one
    piece  bigint[];
BEGIN
    SELECT array_agg(k.id), array_agg(k.id) FILTER (WHERE k.seconds > 0) INTO locked, slow
      FROM (SELECT k.id, CASE WHEN k.id = k.root_id THEN k.slow_seconds
                              ELSE (counters_of(k.root_id)).slow_seconds END AS seconds
              FROM unnest(conversations) AS a (id)
              JOIN conversation_counters k ON k.id = a.id
             ORDER BY k.root_id, k.id <> k.root_id, k.id FOR NO KEY UPDATE OF k) k;
    IF slow IS NOT NULL THEN
        -- Threads of one root may be in several calls at once: what they share is locked here, all of it in one order.
        INSERT INTO slow_sends AS l (conversation_id, user_id, root_id, tenant_id, sent_at)
        SELECT DISTINCT k.root_id, m.user_id, k.root_id, k.tenant_id, '-infinity'::timestamptz
          FROM unnest(conversations, senders) AS a (id, sender_id)
          JOIN conversation_counters k ON k.id = a.id AND k.id = ANY (slow)
          JOIN members m ON m.conversation_id = k.root_id AND m.user_id = a.sender_id AND m.active
         ORDER BY k.root_id, m.user_id
        ON CONFLICT (conversation_id, user_id, root_id) DO UPDATE SET sent_at = l.sent_at;
        IF cardinality(ids) > 1 THEN
            FOR piece IN
                SELECT array_agg(p.place) FROM unnest(conversations) WITH ORDINALITY AS p (id, place)
                 GROUP BY CASE WHEN p.id = ANY (slow) THEN p.place END ORDER BY min(p.place)
            LOOP
                RETURN QUERY
                SELECT p.places[a.ord]::int, a.outcome, a.number, a.version, a.counted, a.created_at, a.retry_ms, a.expires_at
                  FROM (SELECT array_agg(m.place) AS places, array_agg(m.tenant) AS tenants,
                               array_agg(m.conversation) AS conversations, array_agg(m.sender) AS senders,
                               array_agg(m.id) AS ids, array_agg(m.type) AS types, array_agg(m.content) AS contents,
                               array_agg(m.fingerprint) AS fingerprints, array_agg(m.lifetime) AS lifetimes
                          FROM (SELECT * FROM unnest(tenants, conversations, senders, ids, types, contents, fingerprints,
                                                     lifetimes) WITH ORDINALITY
                                    AS m (tenant, conversation, sender, id, type, content, fingerprint, lifetime, place)
                                 WHERE m.place = ANY (piece) ORDER BY m.place) m) p
                 CROSS JOIN LATERAL append_messages(p.tenants, p.conversations, p.senders, p.ids, p.types, p.contents,
                                                    p.fingerprints, p.lifetimes) a;
            END LOOP;
            RETURN;
        END IF;
    END IF;
    now_ms := date_trunc('milliseconds', clock_timestamp());

    RETURN QUERY
    WITH numbered AS (
        SELECT *, count(*) FILTER (WHERE outcome = 'ok')
                      OVER (PARTITION BY conversation_id, root_id ORDER BY ord) AS nth,
               CASE WHEN lifetime > 0 OR timer > 0 THEN
                   moment + make_interval(secs => least(lifetime, nullif(timer, 0))) END AS expiry
          FROM (SELECT a.*, k.root_id, k.last_number, k.last_version, k.last_counted,
                       greatest(now_ms, k.last_at) AS moment,
                       CASE WHEN k.id = k.root_id THEN k.disappear_after
                            ELSE (counters_of(k.root_id)).disappear_after END AS timer,
                       old.number AS old_number, old.version AS old_version, old.counted AS old_counted,
                       old.created_at AS old_moment, old.expires_at AS old_expiry,
                       CASE WHEN k.id IS NULL THEN 'not_found'
                            WHEN old.sender_id = a.sender_id
                                 AND coalesce(old.fingerprint = a.fingerprint, old.deleted_at IS NOT NULL) THEN 'duplicate'
                            WHEN k.id = k.root_id AND slow IS NULL AND k.send_rank <= role_rank(m.role)
                                 AND (m.silenced_until > now_ms) IS NOT TRUE AND old.id IS NULL
                                 AND a.content IS NOT NULL THEN 'ok'
                            ELSE judge_send(k.root_id, k.id, a.sender_id, old.id IS NOT NULL, a.content IS NULL, now_ms)
                       END AS outcome
                  FROM unnest(tenants, conversations, senders, ids, types, contents, fingerprints, lifetimes)
                       WITH ORDINALITY
                       AS a (tenant_id, conversation_id, sender_id, id, type, content, fingerprint, lifetime, ord)
                  LEFT JOIN conversation_counters k ON k.id = a.conversation_id AND k.tenant_id = a.tenant_id
                                                   AND k.id = ANY (locked)
                  LEFT JOIN members m ON m.conversation_id = k.root_id AND m.user_id = a.sender_id AND m.active
                  LEFT JOIN messages old
                         ON (old.id, old.conversation_id, old.root_id) >= (a.id, a.conversation_id, k.root_id)
                        AND (old.id, old.conversation_id, old.root_id) <= (a.id, a.conversation_id, k.root_id)
                OFFSET 0) judged -- else each is judged twice, once for `nth`
    ), stored AS (
        INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content,
                              fingerprint, counted, counts, created_at, expires_at)
        SELECT tenant_id, root_id, conversation_id, last_number + nth, last_version + nth, id, sender_id, type,
               content, fingerprint, last_counted + nth, true, moment, expiry
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
    SELECT ord::int, outcome,
           CASE outcome WHEN 'ok' THEN last_number + nth WHEN 'duplicate' THEN old_number END,
           CASE outcome WHEN 'ok' THEN last_version + nth WHEN 'duplicate' THEN old_version END,
           CASE outcome WHEN 'ok' THEN last_counted + nth WHEN 'duplicate' THEN old_counted END,
           CASE outcome WHEN 'ok' THEN moment WHEN 'duplicate' THEN old_moment END,
           CASE outcome WHEN 'slow' THEN
               ceil(extract(epoch FROM free_to_send(root_id, sender_id) - now_ms) * 1000)::bigint END,
           CASE outcome WHEN 'ok' THEN expiry WHEN 'duplicate' THEN old_expiry END
      FROM numbered;

    IF slow IS NOT NULL THEN
        UPDATE slow_sends l SET sent_at = s.created_at
          FROM just_appended(conversations, ids) s
         WHERE l.conversation_id = s.root_id AND l.user_id = s.sender_id;
    END IF;
    -- Not by triggers, whose conditions PostgreSQL parses anew in each statement: that took a tenth of a send.
    IF array_to_string(contents, '') LIKE '%"mentions"%' THEN
        PERFORM note_mentions(conversations, ids);
    END IF;
    IF 'poll' = ANY (types) THEN
        PERFORM note_polls(conversations, ids);
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
