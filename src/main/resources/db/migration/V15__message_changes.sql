-- Messages that change after they were sent, threads, and rights that a conversation can set.
--
-- What the sender wrote is `content`; what became of the message since (pinned, reactions, its thread, link previews …)
-- is `state`, an object to which each feature gives one field. Both together are the message as it is shown. A change
-- of either takes the conversation's next version, and is an event with the whole message or with what it adds.
--
-- A thread is a conversation of type 'thread' whose root is that of its parent: the first column of the order of
-- locks is the root, and a root is locked before its threads. Who may read the root may read the thread; who follows it
-- is a member of it. So whoever looks for members to judge a right takes those of the root, and conversations are
-- found by their id alone.

ALTER TABLE messages ADD COLUMN state jsonb;

-- Least rank for what members do, by permission, where it differs from permission_default; ranks as of role_rank, 4:
-- nobody.
ALTER TABLE conversations ADD COLUMN permissions   jsonb NOT NULL DEFAULT '{}',
                          ADD COLUMN parent_number bigint, -- of a thread: the message that it hangs on
                          DROP CONSTRAINT conversations_type_check,
                          ADD CONSTRAINT conversations_type_check CHECK (type IN ('direct', 'group', 'thread'));

-- Until then he may read but not write: silenced in a group, for ever in a direct conversation with somebody who has
-- blocked him.
ALTER TABLE members ADD COLUMN silenced_until timestamptz;

-- Slow mode: the least seconds between two messages of one member below admins. Who has sent when is kept only where
-- it is on.
ALTER TABLE conversation_counters ADD COLUMN slow_seconds int NOT NULL DEFAULT 0;
CREATE TABLE slow_sends (
    conversation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    tenant_id       uuid        NOT NULL,
    sent_at         timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, user_id, root_id)
) WITH (fillfactor = 50);

-- What a message said before each of its edits; `written_at` is when that was written.
CREATE TABLE message_edits (
    tenant_id       uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    number          bigint      NOT NULL,
    written_at      timestamptz NOT NULL,
    content         text        NOT NULL,
    PRIMARY KEY (conversation_id, number, written_at, root_id)
);

-- Nothing of a deleted message is left: whatever keeps more of messages has a trigger like this one.
CREATE FUNCTION forget_edits() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    DELETE FROM message_edits e WHERE e.conversation_id = NEW.conversation_id AND e.number = NEW.number;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_edits AFTER UPDATE OF deleted_at ON messages
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION forget_edits();

CREATE FUNCTION permission_default(permission text) RETURNS int LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN permission IN ('send', 'react', 'pin', 'mention_all', 'open_threads') THEN 1
                WHEN permission IN ('change_roles', 'delete_conversation') THEN 3
                ELSE 2 END
$$;

-- Whether somebody of this rank may do it: 'send', 'react', 'pin', 'mention_all', 'open_threads', 'add_members',
-- 'remove_members', 'invite', 'ban', 'silence', 'edit_settings', 'delete_messages', 'change_roles',
-- 'delete_conversation'.
CREATE FUNCTION permits(permissions jsonb, rank int, permission text) RETURNS boolean LANGUAGE sql IMMUTABLE
AS $$ SELECT rank >= coalesce((permissions ->> permission)::int, parley.permission_default(permission)) $$;

-- What of a conversation a person may read now: messages from `first` to below `past`, made from `since` to before
-- `until`, for any of the rows. No row: nothing, not even that it exists. In a thread under a history that begins with
-- joining the numbers are another conversation's, so there it is the times that count.
CREATE FUNCTION readable_spans(tenant uuid, conversation uuid, person uuid)
    RETURNS TABLE (first bigint, past bigint, since timestamptz, until timestamptz)
    LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN c.id = c.root_id THEN coalesce(i.from_number, 0) ELSE 0 END,
           CASE WHEN c.id = c.root_id AND i.to_number IS NOT NULL THEN i.to_number ELSE 9223372036854775807 END,
           CASE WHEN c.id <> c.root_id AND i.from_at IS NOT NULL THEN i.from_at ELSE '-infinity' END,
           CASE WHEN c.id <> c.root_id AND i.to_at IS NOT NULL THEN i.to_at ELSE 'infinity' END
      FROM parley.conversations c
      JOIN parley.conversations r ON r.id = c.root_id AND r.root_id = c.root_id AND r.status = 'active'
      JOIN parley.members m ON m.conversation_id = c.root_id AND m.user_id = person AND m.root_id = c.root_id AND m.active
      LEFT JOIN parley.member_intervals i ON r.history <> 'all' AND i.conversation_id = c.root_id AND i.user_id = person
     WHERE c.id = conversation AND c.tenant_id = tenant AND c.status = 'active'
       AND (r.history = 'all' OR c.id = c.root_id OR EXISTS (
            SELECT FROM parley.member_intervals p
             WHERE p.conversation_id = c.root_id AND p.user_id = person AND c.parent_number >= p.from_number
               AND (p.to_number IS NULL OR c.parent_number < p.to_number)))
$$;

-- The roots of conversations, in their order; of what is not there null.
CREATE FUNCTION roots_of(conversations uuid[]) RETURNS uuid[]
    LANGUAGE sql STABLE SET search_path = parley, pg_temp SET enable_seqscan = off
AS $$
    SELECT array_agg((SELECT k.root_id FROM conversation_counters k WHERE k.id = a.id) ORDER BY a.ord)
      FROM unnest(conversations) WITH ORDINALITY AS a (id, ord)
$$;

-- A message as the lock of its conversation found it, with what its conversation allows; `actor_rank` as of
-- locked_conversation, `silenced` that he may not write now.
CREATE TYPE locked_message AS (
    root_id      uuid,
    type         text,
    permissions  jsonb,
    last_number  bigint,
    last_version bigint,
    moment       timestamptz,
    actor_rank   int,
    silenced     boolean,
    message      messages
);

-- What became of a change of a message: the message as it is now, and the number of the conversation's last one.
-- `ended` is the thread that ended with it, where one did: {"conversation","version","lastNumber",
-- "users":[{"user","userVersion"}…]}.
CREATE TYPE message_change AS (
    outcome     text,
    last_number bigint,
    message     messages,
    ended       jsonb
);

-- Locks the conversation of a message for a change by `actor` (null: the server itself). No row: there is no such
-- message that he may read.
CREATE FUNCTION lock_message(tenant uuid, conversation uuid, actor uuid, message_id uuid) RETURNS SETOF locked_message
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET enable_seqscan = off
AS $$
BEGIN
    PERFORM FROM conversation_counters k WHERE k.id = conversation FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT c.root_id, r.type, r.permissions, k.last_number, k.last_version,
           greatest(date_trunc('milliseconds', clock_timestamp()), k.last_at),
           CASE WHEN actor IS NULL THEN 4 ELSE coalesce(role_rank(m.role), 0) END,
           coalesce(m.silenced_until > clock_timestamp(), false), s
      FROM conversation_counters k
      JOIN conversations c ON c.id = k.id AND c.root_id = k.root_id AND c.tenant_id = tenant AND c.status = 'active'
      JOIN conversations r ON r.id = c.root_id AND r.root_id = c.root_id AND r.status = 'active'
      JOIN messages s ON s.id = message_id AND s.conversation_id = k.id AND s.root_id = k.root_id
      LEFT JOIN members m ON m.conversation_id = c.root_id AND m.user_id = actor AND m.root_id = c.root_id AND m.active
     WHERE k.id = conversation
       AND (actor IS NULL OR EXISTS (
            SELECT FROM readable_spans(tenant, conversation, actor) v
             WHERE s.number >= v.first AND s.number < v.past AND s.created_at >= v.since AND s.created_at < v.until));
END
$$;

-- The second half of every change of a message: writes it with the next version, then the counters and the journal.
CREATE FUNCTION store_message(head locked_message, changed messages) RETURNS message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    change message_change;
BEGIN
    changed.version := head.last_version + 1;
    UPDATE messages s
       SET version = changed.version, content = changed.content, state = changed.state, edited_at = changed.edited_at,
           deleted_at = changed.deleted_at
     WHERE s.conversation_id = changed.conversation_id AND s.number = changed.number AND s.root_id = changed.root_id;
    UPDATE conversation_counters k SET last_version = changed.version, changed_xid = pg_current_xact_id()
     WHERE k.id = changed.conversation_id AND k.root_id = changed.root_id;
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions)
    VALUES (ARRAY[changed.tenant_id], ARRAY[changed.root_id], ARRAY[changed.conversation_id], ARRAY[changed.version],
            ARRAY[changed.version]);
    change.outcome := 'ok';
    change.last_number := head.last_number;
    change.message := changed;
    RETURN change;
END
$$;

-- Says a message anew: `new_content` takes the place of what the sender said, and what the message refers to stays.
-- Outcomes: 'ok', 'unchanged' (it says that already), 'not_found', 'forbidden' (somebody else's, forwarded, a system
-- message, or he may not write now), 'too_late' (older than the window, in seconds; 0: no window).
CREATE FUNCTION edit_message(tenant uuid, conversation uuid, actor uuid, message_id uuid, new_content text,
                             window_seconds int) RETURNS message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    head    locked_message;
    changed messages;
    change  message_change;
    edited  jsonb;
BEGIN
    SELECT * INTO head FROM lock_message(tenant, conversation, actor, message_id);
    changed := head.message;
    edited := changed.content::jsonb - 'mentions' || new_content::jsonb;
    change.outcome := CASE
        WHEN head.root_id IS NULL OR changed.deleted_at IS NOT NULL THEN 'not_found'
        WHEN changed.sender_id IS DISTINCT FROM actor OR changed.type = 'system' OR head.silenced
             OR changed.content::jsonb ? 'forwarded' THEN 'forbidden'
        WHEN changed.content::jsonb = edited THEN 'unchanged'
        WHEN window_seconds > 0 AND changed.created_at < head.moment - make_interval(secs => window_seconds) THEN 'too_late'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    INSERT INTO message_edits (tenant_id, root_id, conversation_id, number, written_at, content)
    VALUES (tenant, changed.root_id, changed.conversation_id, changed.number,
            coalesce(changed.edited_at, changed.created_at), changed.content)
    ON CONFLICT DO NOTHING; -- two edits in one millisecond: the first of them is what was said at that time
    changed.content := edited::text;
    changed.edited_at := head.moment;
    RETURN store_message(head, changed);
END
$$;

-- Ends a thread whose root, already locked, goes: nobody is in it any more. The persons' versions are taken here, so
-- it is the last step of the change.
CREATE FUNCTION end_thread(tenant uuid, thread uuid) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET enable_seqscan = off
AS $$
DECLARE
    head  conversation_counters;
    gone  uuid[];
    users jsonb;
    taken bigint[];
    root  uuid;
BEGIN
    SELECT * INTO head FROM conversation_counters k WHERE k.id = thread FOR NO KEY UPDATE;
    root := head.root_id;
    IF head.id IS NULL OR head.send_rank > 3 THEN
        RETURN NULL;
    END IF;
    UPDATE conversations c SET status = 'deleted', deleted_at = clock_timestamp(), member_count = 0
     WHERE c.id = thread AND c.root_id = root;
    UPDATE conversation_counters k
       SET send_rank = 4, last_version = head.last_version + 1, changed_xid = pg_current_xact_id()
     WHERE k.id = thread AND k.root_id = root;
    WITH left_it AS (
        UPDATE members m SET active = false, version = head.last_version + 1
         WHERE m.conversation_id = thread AND m.active
        RETURNING m.user_id)
    SELECT coalesce(array_agg(user_id ORDER BY user_id), '{}') INTO gone FROM left_it;
    UPDATE member_intervals i
       SET to_number = head.last_number + 1, to_version = head.last_version + 1, to_at = clock_timestamp()
     WHERE i.conversation_id = thread AND i.to_version IS NULL;
    IF cardinality(gone) > 0 THEN
        WITH lost AS (
            UPDATE user_conversations u SET state = 'lost', user_version = v.user_version, lost_at = clock_timestamp()
              FROM take_user_versions(array_fill(tenant, ARRAY[cardinality(gone)]), gone) v
             WHERE u.tenant_id = tenant AND u.user_id = gone[v.ord] AND u.conversation_id = thread
            RETURNING u.user_id, u.user_version)
        SELECT jsonb_agg(jsonb_build_object('user', l.user_id, 'userVersion', l.user_version)),
               array_agg(l.user_id), array_agg(l.user_version)
          INTO users, gone, taken FROM lost l;
    END IF;
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions, user_tenants, users, user_versions)
    VALUES (ARRAY[tenant], ARRAY[root], ARRAY[thread], ARRAY[head.last_version + 1], ARRAY[head.last_version + 1],
            (SELECT array_agg(tenant) FROM unnest(gone)), nullif(gone, '{}'), taken);
    RETURN jsonb_build_object('conversation', thread, 'version', head.last_version + 1, 'lastNumber', head.last_number,
                              'users', coalesce(users, '[]'));
END
$$;

-- Deletes a message for everybody: what is left is that there was one. Its thread ends with it. Outcomes: 'ok',
-- 'unchanged' (it is gone already), 'not_found', 'forbidden'.
CREATE FUNCTION delete_message(tenant uuid, conversation uuid, actor uuid, message_id uuid) RETURNS message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    head    locked_message;
    changed messages;
    change  message_change;
BEGIN
    SELECT * INTO head FROM lock_message(tenant, conversation, actor, message_id);
    changed := head.message;
    change.outcome := CASE
        WHEN head.root_id IS NULL THEN 'not_found'
        WHEN changed.deleted_at IS NOT NULL THEN 'unchanged'
        WHEN changed.type = 'system' THEN 'forbidden'
        WHEN changed.sender_id IS DISTINCT FROM actor
             AND NOT (head.type <> 'direct' AND permits(head.permissions, head.actor_rank, 'delete_messages')) THEN 'forbidden'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    changed.content := NULL;
    changed.state := CASE WHEN changed.sender_id IS DISTINCT FROM actor
                          THEN jsonb_strip_nulls(jsonb_build_object('deletedBy', actor)) END;
    changed.deleted_at := head.moment;
    change := store_message(head, changed);
    IF (head.message).state ? 'thread' THEN
        change.ended := end_thread(tenant, ((head.message).state -> 'thread' ->> 'id')::uuid);
    END IF;
    RETURN change;
END
$$;

DROP FUNCTION append_messages(uuid[], uuid[], uuid[], uuid[], uuid[], text[], text[], bytea[]);

-- Appends messages, for each conversation in the order given. For each, by its place in the arrays (the rows
-- come in any order):
--   'ok'            stored, with its number and version
--   'duplicate'     the id is there with this sender and fingerprint: what it was given then (its version is the
--                   present one); true also if the sender has left or the message was edited or deleted since
--   'conflict'      the id is there for something else
--   'forbidden'     members of his role may not send here, or he is silenced
--   'slow'          slow mode: `retry_ms` says how long he must wait
--   'not_following' a thread that he may send to once he follows it
--   'not_found'     no such conversation for this sender: unknown, deleted, of another tenant, or he is not a member
-- An id that comes twice for a conversation in one call raises, and nothing is stored: the second belongs into
-- another call. Where slow mode is on, the messages of a call are taken one after the other.
--
-- The path that everything takes, so: two statements for any number of messages. The first takes the locks, the
-- second sees what was committed while it waited, and judges nothing that the first has not locked. The planner is
-- left no choice but look-ups by index, and by the right one (a comparison of rows is served only by an index that
-- begins with them): a plan made while the tables are small, and kept, is wrong as soon as they are not.
CREATE FUNCTION append_messages(tenants uuid[], conversations uuid[], senders uuid[], ids uuid[], types text[],
                                contents text[], fingerprints bytea[])
    RETURNS TABLE (ord int, outcome text, number bigint, version bigint, counted bigint, created_at timestamptz,
                   retry_ms bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    now_ms timestamptz;
    locked uuid[];
    slow   int;
BEGIN
    SELECT array_agg(k.id), max(k.slow_seconds) INTO locked, slow
      FROM (SELECT k.id, k.slow_seconds FROM unnest(conversations) AS a (id)
              JOIN conversation_counters k ON k.id = a.id
             ORDER BY k.root_id, k.id <> k.root_id, k.id FOR NO KEY UPDATE OF k) k;
    now_ms := date_trunc('milliseconds', clock_timestamp());
    IF slow > 0 AND cardinality(ids) > 1 THEN
        FOR i IN 1 .. cardinality(ids) LOOP
            RETURN QUERY
            SELECT i, a.outcome, a.number, a.version, a.counted, a.created_at, a.retry_ms
              FROM append_messages(ARRAY[tenants[i]], ARRAY[conversations[i]], ARRAY[senders[i]], ARRAY[ids[i]],
                                   ARRAY[types[i]], ARRAY[contents[i]], ARRAY[fingerprints[i]]) a;
        END LOOP;
        RETURN;
    END IF;

    RETURN QUERY
    WITH numbered AS (
        SELECT *, count(*) FILTER (WHERE outcome = 'ok')
                      OVER (PARTITION BY conversation_id, root_id ORDER BY ord) AS nth
          FROM (SELECT a.*, k.root_id, k.last_number, k.last_version, k.last_counted,
                       greatest(now_ms, k.last_at) AS moment, k.slow_seconds,
                       old.number AS old_number, old.version AS old_version, old.counted AS old_counted,
                       old.created_at AS old_moment, free_at,
                       CASE WHEN k.id IS NULL THEN 'not_found'
                            WHEN old.sender_id = a.sender_id AND old.fingerprint = a.fingerprint THEN 'duplicate'
                            WHEN m.user_id IS NULL OR k.send_rank > 3 THEN 'not_found'
                            WHEN old.id IS NOT NULL THEN 'conflict'
                            WHEN m.silenced_until > now_ms OR role_rank(m.role) < k.send_rank THEN 'forbidden'
                            WHEN k.id <> k.root_id AND role_rank(m.role) < (
                                 SELECT r.send_rank FROM conversation_counters r WHERE r.id = k.root_id) THEN 'forbidden'
                            WHEN k.id <> k.root_id AND NOT EXISTS (
                                 SELECT FROM members f WHERE f.conversation_id = k.id AND f.user_id = a.sender_id
                                                         AND f.active) THEN 'not_following'
                            WHEN free_at > now_ms AND role_rank(m.role) < 2 THEN 'slow'
                            ELSE 'ok' END AS outcome
                  FROM unnest(tenants, conversations, senders, ids, types, contents, fingerprints)
                       WITH ORDINALITY AS a (tenant_id, conversation_id, sender_id, id, type, content, fingerprint, ord)
                  LEFT JOIN conversation_counters k ON k.id = a.conversation_id AND k.tenant_id = a.tenant_id
                                                   AND k.id = ANY (locked)
                  LEFT JOIN members m ON m.conversation_id = k.root_id AND m.user_id = a.sender_id AND m.active
                  LEFT JOIN messages old
                         ON (old.id, old.conversation_id, old.root_id) >= (a.id, a.conversation_id, k.root_id)
                        AND (old.id, old.conversation_id, old.root_id) <= (a.id, a.conversation_id, k.root_id)
                  LEFT JOIN LATERAL (
                       SELECT l.sent_at + make_interval(secs => k.slow_seconds) AS free_at FROM slow_sends l
                        WHERE k.slow_seconds > 0 AND l.conversation_id = k.id AND l.user_id = a.sender_id) l ON true) judged
    ), stored AS (
        INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content,
                              fingerprint, counted, counts, created_at)
        SELECT tenant_id, root_id, conversation_id, last_number + nth, last_version + nth, id, sender_id, type,
               content, fingerprint, last_counted + nth, true, moment
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
    ), timed AS (
        INSERT INTO slow_sends AS l (conversation_id, user_id, root_id, tenant_id, sent_at)
        SELECT conversation_id, sender_id, root_id, tenant_id, moment
          FROM numbered WHERE outcome = 'ok' AND slow_seconds > 0
        ON CONFLICT (conversation_id, user_id, root_id) DO UPDATE SET sent_at = excluded.sent_at
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
           CASE outcome WHEN 'slow' THEN ceil(extract(epoch FROM free_at - now_ms) * 1000)::bigint END
      FROM numbered;
END
$$;
