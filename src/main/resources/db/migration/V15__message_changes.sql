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
                          ADD COLUMN parent_number bigint; -- of a thread: the message that it hangs on

-- Until then he may read but not write: silenced in a group, for ever in a direct conversation with somebody who has
-- blocked him.
ALTER TABLE members ADD COLUMN silenced_until timestamptz;

-- Slow mode: the least seconds between two messages of one member below admins, in a conversation and its threads together.
-- Who has sent when is kept only where it is on, under the root.
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

-- Whether somebody of this rank may do it: one of permission_words.
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

-- The roots of conversations, in their order; of what is not there any more, or deleted, null.
CREATE FUNCTION roots_of(conversations uuid[]) RETURNS uuid[]
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT array_agg((SELECT k.root_id FROM conversation_counters k WHERE k.id = a.id AND k.send_rank <> 4) ORDER BY a.ord)
      FROM unnest(conversations) WITH ORDINALITY AS a (id, ord)
$$;

-- A message as the lock of its conversation found it, with what its conversation allows; `permissions` and `actor_rank`
-- as of locked_conversation, `silenced` that he may not write now, `since_join` that not everybody may read it.
CREATE TYPE locked_message AS (
    root_id      uuid,
    type         text,
    permissions  jsonb,
    last_number  bigint,
    last_version bigint,
    moment       timestamptz,
    actor_rank   int,
    silenced     boolean,
    since_join   boolean,
    message      messages
);

-- What became of a change of a message: the message as it is now, and the number of the conversation's last one.
-- `ended` is the thread that ended with it, where one did: {"conversation","version","lastNumber",
-- "users":[{"user","userVersion"}…]}; `notice` the system message that tells of the change, where there is one. `oldest`
-- is its number where not everybody may read it, else 0.
CREATE TYPE message_change AS (
    outcome     text,
    last_number bigint,
    oldest      bigint,
    message     messages,
    ended       jsonb,
    notice      messages
);

-- Locks the conversation of a message for a change by `actor` (null: the server itself). No row: there is no such
-- message that he may read. One whose time has come is found deleted.
CREATE FUNCTION lock_message(tenant uuid, conversation uuid, actor uuid, message_id uuid)
    RETURNS SETOF locked_message
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    PERFORM FROM conversation_counters k WHERE k.id = conversation FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT c.root_id, r.type, permissions_of(r.permissions, r.archived_at IS NOT NULL, m.role_id), k.last_number, k.last_version,
           greatest(date_trunc('milliseconds', clock_timestamp()), k.last_at),
           CASE WHEN actor IS NULL THEN 4 ELSE coalesce(role_rank(m.role), 0) END,
           actor IS NOT NULL AND (r.archived_at IS NOT NULL OR coalesce(m.silenced_until > clock_timestamp(), false)),
           r.history <> 'all',
           CASE WHEN s.expires_at <= clock_timestamp() AND s.deleted_at IS NULL THEN gone(s) ELSE s END
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
    change.oldest := CASE WHEN head.since_join THEN changed.number ELSE 0 END;
    change.message := changed;
    RETURN change;
END
$$;

-- Says a message anew: `new_content` takes the place of what the sender said, and what the message refers to stays.
-- Code is said anew as it is, without mentions and previews; what is neither text nor code stays as it was said.
-- Outcomes: 'ok', 'unchanged' (it says that already), 'not_found', 'forbidden' (somebody else's, forwarded, of another
-- type, or he may not write now), 'too_late' (older than the window, in seconds; 0: no window).
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
    edited := changed.content::jsonb - 'mentions' || CASE WHEN changed.type = 'code'
                                                          THEN new_content::jsonb - '{mentions,preview}'::text[]
                                                          ELSE new_content::jsonb END;
    change.outcome := CASE
        WHEN head.root_id IS NULL OR changed.deleted_at IS NOT NULL THEN 'not_found'
        WHEN changed.sender_id IS DISTINCT FROM actor OR changed.type NOT IN ('text', 'code') OR head.silenced
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
    LANGUAGE plpgsql SET search_path = parley, pg_temp
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
