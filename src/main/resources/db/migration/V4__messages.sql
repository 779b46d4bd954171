-- Messages, and how they are appended.
--
-- A message's place is its number, drawn from the conversation's counter under the conversation's lock, so that numbers
-- have no gaps; its id is the client's, and the unique index on it is the only guard against storing one twice.
-- `version` moves with every later change (edit, deletion); id, number and fingerprint never do, so that a
-- send may be repeated for ever. `counted` is the running count of messages that count as unread: the number of
-- unread messages is a subtraction, and no row per member is written when a message is sent.

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
    PRIMARY KEY (root_id, conversation_id, number)
) PARTITION BY HASH (root_id);
SELECT create_hash_partitions('messages');
CREATE UNIQUE INDEX messages_id ON messages (root_id, conversation_id, id);
CREATE INDEX messages_version ON messages (root_id, conversation_id, version);

-- Appends messages, for each conversation in the order given. For each, by its place in the arrays:
--   'ok'         stored, with its number and version
--   'duplicate'  the id is there with this sender and fingerprint: what it was given then (its version is the
--                present one); true also if the sender has left or the message was edited or deleted since
--   'conflict'   the id is there for something else
--   'not_found'  no such conversation for this sender: unknown, deleted, of another tenant, or he is not a member
CREATE FUNCTION append_messages(tenants uuid[], roots uuid[], conversations uuid[], senders uuid[], ids uuid[],
                                types text[], contents text[], fingerprints bytea[])
    RETURNS TABLE (ord int, outcome text, number bigint, version bigint, counted bigint, created_at timestamptz)
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz;
BEGIN
    PERFORM FROM (SELECT DISTINCT * FROM unnest(roots, conversations) AS a (root_id, id)) a
            JOIN conversation_counters k USING (root_id, id)
      ORDER BY k.root_id, k.id FOR NO KEY UPDATE OF k;
    moment := date_trunc('milliseconds', clock_timestamp());

    RETURN QUERY
    WITH asked AS (
        SELECT *
          FROM unnest(tenants, roots, conversations, senders, ids, types, contents, fingerprints) WITH ORDINALITY
               AS a (tenant_id, root_id, conversation_id, sender_id, id, type, content, fingerprint, ord)
    ), judged AS (
        SELECT a.*, k.last_number, k.last_version, k.last_counted, greatest(moment, k.last_at) AS created_at,
               old.number AS old_number, old.version AS old_version, old.counted AS old_counted,
               old.created_at AS old_created_at,
               CASE WHEN old.sender_id = a.sender_id AND old.fingerprint = a.fingerprint
                         AND old.tenant_id = a.tenant_id THEN 'duplicate'
                    WHEN c.id IS NULL OR m.user_id IS NULL THEN 'not_found'
                    WHEN old.id IS NOT NULL THEN 'conflict'
                    ELSE 'ok' END AS outcome
          FROM asked a
          LEFT JOIN conversation_counters k ON k.root_id = a.root_id AND k.id = a.conversation_id
          LEFT JOIN conversations c ON c.root_id = a.root_id AND c.id = a.conversation_id
                                   AND c.tenant_id = a.tenant_id AND c.status = 'active'
          LEFT JOIN members m ON m.root_id = a.root_id AND m.conversation_id = a.conversation_id
                             AND m.user_id = a.sender_id AND m.active
          LEFT JOIN messages old ON old.root_id = a.root_id AND old.conversation_id = a.conversation_id
                                AND old.id = a.id
    ), numbered AS (
        SELECT j.*, count(*) FILTER (WHERE outcome = 'ok') OVER (PARTITION BY root_id, conversation_id ORDER BY ord) AS nth
          FROM judged j
    ), stored AS (
        INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content,
                              fingerprint, counted, counts, created_at)
        SELECT tenant_id, root_id, conversation_id, last_number + nth, last_version + nth, id, sender_id, type, content,
               fingerprint, last_counted + nth, true, created_at
          FROM numbered WHERE outcome = 'ok'
    ), changed AS (
        SELECT tenant_id, root_id, conversation_id, max(nth) AS n, min(last_version) AS before, min(created_at) AS created_at
          FROM numbered WHERE outcome = 'ok' GROUP BY tenant_id, root_id, conversation_id
    ), counters AS (
        UPDATE conversation_counters k
           SET last_number = k.last_number + n, last_version = k.last_version + n, last_counted = k.last_counted + n,
               last_at = c.created_at, changed_xid = pg_current_xact_id()
          FROM changed c WHERE k.root_id = c.root_id AND k.id = c.conversation_id
    ), noted AS (
        INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions)
        SELECT array_agg(tenant_id), array_agg(root_id), array_agg(conversation_id), array_agg(before + 1),
               array_agg(before + n)
          FROM changed HAVING count(*) > 0
    )
    SELECT n.ord::int, n.outcome,
           CASE n.outcome WHEN 'ok' THEN n.last_number + n.nth WHEN 'duplicate' THEN n.old_number END,
           CASE n.outcome WHEN 'ok' THEN n.last_version + n.nth WHEN 'duplicate' THEN n.old_version END,
           CASE n.outcome WHEN 'ok' THEN n.last_counted + n.nth WHEN 'duplicate' THEN n.old_counted END,
           CASE n.outcome WHEN 'ok' THEN n.created_at WHEN 'duplicate' THEN n.old_created_at END
      FROM numbered n ORDER BY n.ord;
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
