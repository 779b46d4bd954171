-- Messages that disappear by themselves.
--
-- A message may have a time after which it is not there any more: `expires_at`, set when it is stored and never
-- changed, from what its sender says or from the timer of its conversation (`disappear_after`, V21), whichever is
-- shorter. From that time on whoever reads it finds a tombstone, as if it had been deleted (see gone); soon after, the
-- sweep makes one of it in every table, as a change of the conversation with one version for many messages. The row
-- stays, with its number, id and sender: numbers have no gaps, and whoever was away learns that the message is gone.
-- Not even its fingerprint stays, by which somebody could try out what it said.

ALTER TABLE messages ADD COLUMN expires_at timestamptz;
-- What there is to do, in order. No row of a message that stays is in it, so that such a message costs nothing more.
CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at IS NOT NULL AND deleted_at IS NULL;

-- Of a thread that has ended: up to which number its messages have been made tombstones of; null: nothing is to be done.
ALTER TABLE conversations ADD COLUMN erased_to bigint;
CREATE INDEX conversations_to_erase ON conversations (id) WHERE erased_to IS NOT NULL;

-- What is left of a message whose time has come.
CREATE FUNCTION gone(message messages) RETURNS messages
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
AS $$
BEGIN
    message.content := NULL;
    message.fingerprint := NULL;
    message.state := '{"expired": true}';
    message.deleted_at := message.expires_at;
    RETURN message;
END
$$;

-- Reading ---------------------------------------------------------------------------------------------------------------

-- How many messages a member has not read: those that count, after his mark and his joining, less among them his own,
-- what he has hidden from himself, and what is deleted or gone. A table function, so that queries over many
-- conversations take it in as a join.
--
-- Only the first 10,000 that are unread are looked through for what does not count for him, and further on everything
-- does: with a million unread the list of his conversations took 0.4 s, with ten million it was not answered at all. An
-- index by sender would do without that limit, but every send would pay for it. The planner is not told the limit: where
-- it expected fewer rows, it would read and sort all of them.
CREATE FUNCTION unread(root uuid, conversation uuid, person uuid) RETURNS TABLE (unread bigint)
    LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN b.behind <= 0 THEN 0 ELSE b.behind - (
               SELECT count(*)
                 FROM (SELECT s.sender_id, s.counts, s.deleted_at, s.expires_at FROM parley.messages s
                        WHERE s.root_id = root AND s.conversation_id = conversation AND s.number > b.known
                        ORDER BY s.number LIMIT (SELECT 10000)) s
                WHERE s.counts AND (s.sender_id = person OR s.deleted_at IS NOT NULL OR s.expires_at <= now()))
               - CASE WHEN b.singles > 0 THEN (
               SELECT count(*) FROM parley.hidden_messages h
                WHERE h.user_id = person AND h.conversation_id = conversation AND h.number > b.known AND h.unread
                  AND NOT EXISTS (SELECT FROM parley.messages s
                                   WHERE s.conversation_id = conversation AND s.number = h.number
                                     AND (s.deleted_at IS NOT NULL OR s.expires_at <= now())))
               ELSE 0 END END
      FROM (SELECT h.last_counted - greatest(k.read_counted, m.from_counted, x.cleared_counted) AS behind,
                   greatest(coalesce(k.read_number, 0), m.from_number - 1, x.cleared_number) AS known, x.singles
              FROM parley.members m
              JOIN parley.conversation_counters h ON h.root_id = m.root_id AND h.id = m.conversation_id
              LEFT JOIN parley.marks k ON k.root_id = m.root_id AND k.conversation_id = m.conversation_id
                                      AND k.user_id = m.user_id
              LEFT JOIN parley.hidden_histories x ON x.root_id = m.root_id AND x.conversation_id = m.conversation_id
                                                 AND x.user_id = m.user_id
             WHERE m.root_id = root AND m.conversation_id = conversation AND m.user_id = person AND m.active) b
$$;

-- How many messages that a member has not read mention him; not his own, nor those that he has hidden from himself or
-- whose time has come. A table function, as `unread` is.
CREATE FUNCTION unread_mentions(conversation uuid, person uuid) RETURNS TABLE (mentions bigint)
    LANGUAGE sql STABLE
AS $$
    SELECT count(DISTINCT n.number)
      FROM parley.members m
      LEFT JOIN parley.marks k ON k.conversation_id = m.conversation_id AND k.user_id = m.user_id
     CROSS JOIN (VALUES (person), ('00000000-0000-0000-0000-000000000000'::uuid)) AS meant (user_id)
      JOIN parley.mentions n ON n.conversation_id = m.conversation_id AND n.user_id = meant.user_id
                            AND n.number > greatest(coalesce(k.read_number, 0), m.from_number - 1)
                            AND n.sender_id <> person AND NOT parley.hidden_for(person, conversation, n.number)
                            AND ((SELECT s.expires_at FROM parley.messages s
                                   WHERE s.conversation_id = n.conversation_id AND s.number = n.number) > now()) IS NOT FALSE
     WHERE m.conversation_id = conversation AND m.user_id = person AND m.active
$$;

-- The sweep --------------------------------------------------------------------------------------------------------------

-- Of the messages whose time has come the `most` that have waited longest, by conversation.
CREATE FUNCTION due_messages(most int) RETURNS TABLE (tenant_id uuid, conversation_id uuid, numbers bigint[], waited_ms bigint)
    LANGUAGE sql STABLE SET search_path = parley, pg_temp SET enable_bitmapscan = off
AS $$
    SELECT d.tenant_id, d.conversation_id, array_agg(d.number ORDER BY d.number),
           ceil(extract(epoch FROM now() - min(d.expires_at)) * 1000)::bigint
      FROM (SELECT s.tenant_id, s.conversation_id, s.number, s.expires_at FROM messages s
             WHERE s.expires_at IS NOT NULL AND s.deleted_at IS NULL AND s.expires_at <= now()
             ORDER BY s.expires_at LIMIT most) d
     GROUP BY d.tenant_id, d.conversation_id
$$;

-- Makes tombstones of those of these messages whose time has come, whatever has become of their conversation: all with the
-- same version, so not more than a reader of changes takes at once. Answers each of them. Of those that have a thread one
-- is done in a call, for its end takes the versions of persons; the others are found again. Each is looked up by itself: else
-- the planner reads the whole conversation for them, or all that disappear one day.
CREATE FUNCTION expire_messages(tenant uuid, conversation uuid, numbers bigint[]) RETURNS SETOF message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET enable_bitmapscan = off
    SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_variable
DECLARE
    head   conversation_counters;
    due    bigint[];
    thread uuid;
    change message_change;
    tombs  messages[];
    tomb   messages;
    late   boolean; -- not everybody may read them
BEGIN
    SELECT * INTO head FROM conversation_counters k WHERE k.id = conversation AND k.tenant_id = tenant FOR NO KEY UPDATE;
    SELECT array_agg(d.number), min(d.thread) INTO due, thread
      FROM (SELECT n.number, s.state -> 'thread' ->> 'id' AS thread,
                   row_number() OVER (PARTITION BY s.state ? 'thread' ORDER BY n.number) AS nth
              FROM unnest(numbers) AS n (number)
             CROSS JOIN LATERAL (
                   SELECT * FROM messages s WHERE s.conversation_id = conversation AND s.number = n.number LIMIT 1) s
             WHERE s.deleted_at IS NULL AND s.expires_at <= clock_timestamp()) d
     WHERE d.thread IS NULL OR d.nth = 1;
    IF head.id IS NULL OR due IS NULL THEN
        RETURN;
    END IF;
    WITH buried AS (
        UPDATE messages s
           SET (version, content, fingerprint, state, deleted_at) = (
               SELECT head.last_version + 1, g.content, g.fingerprint, g.state, g.deleted_at FROM gone(s) g)
         WHERE s.ctid = ANY (ARRAY (
               SELECT (SELECT m.ctid FROM messages m WHERE m.conversation_id = conversation AND m.number = n.number)
                 FROM unnest(due) AS n (number)))
        RETURNING s)
    SELECT array_agg(b.s ORDER BY (b.s).number) INTO tombs FROM buried b;
    UPDATE conversation_counters k SET last_version = head.last_version + 1, changed_xid = pg_current_xact_id()
     WHERE k.id = head.id AND k.root_id = head.root_id;
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions)
    VALUES (ARRAY[tenant], ARRAY[head.root_id], ARRAY[conversation], ARRAY[head.last_version + 1],
            ARRAY[head.last_version + 1]);
    change.outcome := 'ok';
    change.last_number := head.last_number;
    late := EXISTS (SELECT FROM conversations r
                     WHERE r.id = head.root_id AND r.root_id = head.root_id AND r.history <> 'all');
    IF thread IS NOT NULL THEN
        change.ended := end_thread(tenant, thread);
    END IF;
    FOREACH tomb IN ARRAY tombs LOOP
        change.message := tomb;
        change.oldest := CASE WHEN late THEN tomb.number ELSE 0 END;
        RETURN NEXT change;
        change.ended := NULL;
    END LOOP;
END
$$;

-- What was said in a thread goes soon after the thread, in bounded steps; its rows go when it is purged.
CREATE FUNCTION begin_erasing() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    NEW.erased_to := 0;
    RETURN NEW;
END
$$;
CREATE TRIGGER begin_erasing BEFORE UPDATE OF status ON conversations
    FOR EACH ROW WHEN (NEW.type = 'thread' AND OLD.status = 'active' AND NEW.status <> 'active')
    EXECUTE FUNCTION begin_erasing();

-- One step of at most so many messages. Nobody reads them any more, so they take no version. Answers whether there may be
-- more to do.
CREATE FUNCTION erase_ended_thread(most int) RETURNS boolean
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET enable_bitmapscan = off
AS $$
DECLARE
    thread conversations;
    upto   bigint;
BEGIN
    SELECT * INTO thread FROM conversations c WHERE c.erased_to IS NOT NULL ORDER BY c.id LIMIT 1;
    IF thread.id IS NULL THEN
        RETURN false;
    END IF;
    PERFORM FROM conversation_counters k WHERE k.id = thread.id FOR NO KEY UPDATE;
    SELECT * INTO thread FROM conversations c WHERE c.id = thread.id AND c.erased_to IS NOT NULL;
    upto := thread.erased_to + most;
    UPDATE messages s
       SET content = NULL, fingerprint = NULL, state = NULL, deleted_at = coalesce(s.deleted_at, clock_timestamp())
     WHERE s.conversation_id = thread.id AND s.number > thread.erased_to AND s.number <= upto AND s.content IS NOT NULL;
    UPDATE conversations c
       SET erased_to = CASE WHEN EXISTS (SELECT FROM messages s WHERE s.conversation_id = thread.id AND s.number > upto)
                            THEN upto END
     WHERE c.id = thread.id AND c.root_id = thread.root_id;
    RETURN true;
END
$$;
