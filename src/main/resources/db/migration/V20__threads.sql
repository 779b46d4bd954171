-- Threads: conversations of type 'thread' that hang on a message of another one, their root. Who may read the root may
-- read the thread; its members are those who follow it, and they are told of what happens there as in every conversation.
--
-- `state.thread` of the message is what the others see of it: {"id","count","lastAt","repliers"}. It is brought up to
-- date behind the journal, one change of the root for any number of replies.

-- He has opened the thread and gets its events, but does not follow it.
ALTER TABLE user_conversations ADD COLUMN watching boolean NOT NULL DEFAULT false;
CREATE INDEX user_conversations_threads ON user_conversations (tenant_id, user_id, root_id)
    WHERE type = 'thread' AND state = 'member';

-- The threads of a root that somebody is in. Under the lock of the root nobody comes into one of them.
CREATE FUNCTION followed_threads(tenant uuid, root uuid, person uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT ARRAY(SELECT u.conversation_id FROM user_conversations u
                  WHERE u.tenant_id = tenant AND u.user_id = person AND u.root_id = root AND u.type = 'thread'
                    AND u.state = 'member')
$$;

-- Makes people members of a thread whose root and own row are locked; who is one already is left as he is. The persons'
-- versions are taken here. Answers them as `members` of conversation_change.
CREATE FUNCTION enter_thread(tenant uuid, root uuid, thread uuid, people uuid[], watching boolean, moment timestamptz,
                             new_version bigint) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    head    conversation_counters;
    entered jsonb;
BEGIN
    SELECT * INTO head FROM conversation_counters k WHERE k.id = thread;
    INSERT INTO members AS m (tenant_id, root_id, conversation_id, user_id, role, active, version, joined_at,
                              from_number, from_version, from_counted)
    SELECT tenant, root, thread, person, 'member', true, new_version, moment, head.last_number + 1, new_version,
           head.last_counted
      FROM unnest(people) AS person
    ON CONFLICT (conversation_id, user_id, root_id) DO UPDATE
       SET active = true, version = excluded.version, joined_at = excluded.joined_at,
           from_number = excluded.from_number, from_version = excluded.from_version,
           from_counted = excluded.from_counted;
    INSERT INTO member_intervals (tenant_id, root_id, conversation_id, user_id, from_number, from_version, from_at)
    SELECT tenant, root, thread, person, head.last_number + 1, new_version, moment FROM unnest(people) AS person;
    UPDATE conversations c SET member_count = c.member_count + cardinality(people)
     WHERE c.id = thread AND c.root_id = root;
    WITH written AS (
        INSERT INTO user_conversations AS u (tenant_id, user_id, conversation_id, root_id, type, state, user_version,
                                             gained_at, watching)
        SELECT tenant, people[v.ord], thread, root, 'thread', 'member', v.user_version, moment, enter_thread.watching
          FROM take_user_versions(array_fill(tenant, ARRAY[cardinality(people)]), people) v
        ON CONFLICT (tenant_id, user_id, conversation_id) DO UPDATE
           SET state = 'member', user_version = excluded.user_version, gained_at = excluded.gained_at, lost_at = NULL,
               watching = excluded.watching
        RETURNING u.user_id, u.user_version)
    SELECT jsonb_agg(jsonb_build_object('user', w.user_id, 'userVersion', w.user_version, 'view', member_view(m)))
      INTO entered
      FROM written w JOIN members m ON m.conversation_id = thread AND m.user_id = w.user_id AND m.root_id = root;
    RETURN entered;
END
$$;

-- Gives a message a thread, unless it has one, followed by whoever asks and by who wrote the message, unless that one is in
-- `most` threads of this root already. Outcomes: 'ok', 'exists', 'not_found', 'forbidden' (a system message, or he may not),
-- 'nested' (the message is in a thread itself), 'too_many' (who asks is in so many). `followers` as `members` of
-- conversation_change.
CREATE FUNCTION open_thread(tenant uuid, conversation uuid, actor uuid, message_id uuid, new_id uuid, most int,
                            OUT change message_change, OUT thread uuid, OUT followers jsonb)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    head    locked_message;
    changed messages;
    people  uuid[];
BEGIN
    SELECT * INTO head FROM lock_message(tenant, conversation, actor, message_id);
    changed := head.message;
    thread := (changed.state -> 'thread' ->> 'id')::uuid;
    change.outcome := CASE
        WHEN head.root_id IS NULL OR changed.deleted_at IS NOT NULL THEN 'not_found'
        WHEN head.root_id <> conversation THEN 'nested'
        WHEN thread IS NOT NULL THEN 'exists'
        WHEN changed.type = 'system' OR head.silenced
             OR NOT permits(head.permissions, head.actor_rank, 'open_threads') THEN 'forbidden'
        WHEN cardinality(followed_threads(tenant, conversation, actor)) >= most THEN 'too_many'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN;
    END IF;
    thread := new_id;
    INSERT INTO conversations (tenant_id, root_id, id, type, parent_number, created_by, created_at, updated_at,
                               member_count)
    VALUES (tenant, conversation, thread, 'thread', changed.number, actor, head.moment, head.moment, 0);
    INSERT INTO conversation_counters (tenant_id, root_id, id, last_number, last_version, last_counted, last_at,
                                       changed_xid)
    VALUES (tenant, conversation, thread, 0, 1, 0, head.moment, pg_current_xact_id());
    changed.state := coalesce(changed.state, '{}')
        || jsonb_build_object('thread', jsonb_build_object('id', thread, 'count', 0));
    change := store_message(head, changed);

    SELECT array_agg(m.user_id ORDER BY m.user_id) INTO people FROM members m
     WHERE m.conversation_id = open_thread.conversation AND m.user_id IN (actor, changed.sender_id) AND m.active
       AND cardinality(followed_threads(tenant, open_thread.conversation, m.user_id)) < most;
    followers := enter_thread(tenant, conversation, thread, people, false, head.moment, 1);
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions, user_tenants, users, user_versions)
    SELECT ARRAY[tenant], ARRAY[conversation], ARRAY[thread], ARRAY[1::bigint], ARRAY[1::bigint], array_agg(tenant),
           array_agg((f ->> 'user')::uuid), array_agg((f ->> 'userVersion')::bigint)
      FROM jsonb_array_elements(followers) f;
END
$$;

-- Has people follow a thread, or only watch it; `actor` must be able to read it, those who cannot are left out. Who
-- watches it may become a follower, and the other way round. Outcomes: 'ok' (with those who have become members of it),
-- 'changed' (nobody has, but `members` has the one whose following has changed), 'unchanged', 'too_many' (one of those who
-- would come into it is in `most` threads of its root), 'not_found'.
CREATE FUNCTION follow_thread(tenant uuid, thread uuid, actor uuid, people uuid[], only_watch boolean, most int)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    change  conversation_change;
    head    conversation_counters;
    root    uuid := (SELECT k.root_id FROM conversation_counters k WHERE k.id = thread);
    entered uuid[];
    turned  uuid[];
    moment  timestamptz;
BEGIN
    PERFORM FROM conversation_counters k WHERE k.id IN (root, thread)
      ORDER BY k.root_id, k.id <> k.root_id, k.id FOR NO KEY UPDATE;
    SELECT * INTO head FROM conversation_counters k WHERE k.id = thread;
    IF root = thread OR NOT EXISTS (SELECT FROM readable_spans(tenant, thread, actor)) THEN
        change.outcome := 'not_found';
        RETURN change;
    END IF;
    moment := greatest(date_trunc('milliseconds', clock_timestamp()), head.last_at);
    SELECT array_agg(p.person ORDER BY p.person) FILTER (WHERE m.user_id IS NULL),
           array_agg(p.person ORDER BY p.person) FILTER (WHERE m.user_id IS NOT NULL)
      INTO entered, turned
      FROM (SELECT DISTINCT x AS person FROM unnest(people) AS x) p
      LEFT JOIN members m ON m.conversation_id = thread AND m.user_id = p.person AND m.active
     WHERE EXISTS (SELECT FROM readable_spans(tenant, thread, p.person));
    IF EXISTS (SELECT FROM unnest(entered) AS e WHERE cardinality(followed_threads(tenant, root, e)) >= most) THEN
        change.outcome := 'too_many';
    ELSIF entered IS NOT NULL THEN
        change.version := head.last_version + 1;
        change.changed_at := moment;
        change.last_number := head.last_number;
        change.outcome := 'ok';
        UPDATE conversation_counters k SET last_version = change.version, changed_xid = pg_current_xact_id()
         WHERE k.id = thread AND k.root_id = root;
        change.members := enter_thread(tenant, root, thread, entered, only_watch, moment, change.version);
        INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions, user_tenants, users,
                             user_versions)
        SELECT ARRAY[tenant], ARRAY[root], ARRAY[thread], ARRAY[change.version], ARRAY[change.version],
               array_agg(tenant), array_agg((f ->> 'user')::uuid), array_agg((f ->> 'userVersion')::bigint)
          FROM jsonb_array_elements(change.members) f;
    ELSIF cardinality(turned) = 1 AND EXISTS (
            SELECT FROM user_conversations u
             WHERE u.tenant_id = tenant AND u.user_id = turned[1] AND u.conversation_id = thread
               AND u.watching <> only_watch) THEN
        WITH taken AS (
            SELECT v.user_version FROM take_user_versions(ARRAY[tenant], turned) v
        ), noted AS (
            INSERT INTO journal (user_tenants, users, user_versions)
            SELECT ARRAY[tenant], turned, ARRAY[user_version] FROM taken
        ), written AS (
            UPDATE user_conversations u SET watching = only_watch, user_version = t.user_version
              FROM taken t
             WHERE u.tenant_id = tenant AND u.user_id = turned[1] AND u.conversation_id = thread
            RETURNING u.user_id, u.user_version)
        SELECT jsonb_agg(jsonb_build_object('user', user_id, 'userVersion', user_version)) INTO change.members
          FROM written;
        change.outcome := 'changed';
    ELSE
        change.outcome := 'unchanged';
    END IF;
    RETURN change;
END
$$;

-- Lets somebody neither follow nor watch a thread. Outcomes: 'ok', 'unchanged', 'not_found'.
CREATE FUNCTION unfollow_thread(tenant uuid, thread uuid, person uuid) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    change conversation_change;
    head   conversation_counters;
    lost   bigint;
BEGIN
    SELECT * INTO head FROM conversation_counters k WHERE k.id = thread FOR NO KEY UPDATE;
    change.outcome := CASE
        WHEN head.root_id IS NULL OR head.root_id = thread
             OR NOT EXISTS (SELECT FROM readable_spans(tenant, thread, person)) THEN 'not_found'
        WHEN NOT EXISTS (SELECT FROM members m
                          WHERE m.conversation_id = thread AND m.user_id = person AND m.active) THEN 'unchanged'
        ELSE 'ok' END;
    IF change.outcome = 'ok' THEN
        change.version := head.last_version + 1;
        change.last_number := head.last_number;
        lost := leave_threads(tenant, person, ARRAY[thread]);
        change.members := jsonb_build_array(jsonb_build_object('user', person, 'userVersion', lost));
    END IF;
    RETURN change;
END
$$;

-- Ends somebody's membership of threads whose rows are locked and all of which he is in; gives the last of the versions
-- that he lost them with. However many there are, their rows are found by their keys, and what belongs together by hashes:
-- a nested loop, which looks best to a plan made for one thread, would compare each with every other.
CREATE FUNCTION leave_threads(tenant uuid, person uuid, threads uuid[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_nestloop = off SET enable_mergejoin = off
AS $$
DECLARE
    moment timestamptz := date_trunc('milliseconds', clock_timestamp());
    lost   bigint;
BEGIN
    WITH heads AS (
        UPDATE conversation_counters k SET last_version = k.last_version + 1, changed_xid = pg_current_xact_id()
         WHERE k.id = ANY (threads)
        RETURNING k.id, k.root_id, k.last_number, k.last_version, greatest(moment, k.last_at) AS moment
    ), counted AS (
        UPDATE conversations c SET member_count = c.member_count - 1 WHERE c.id = ANY (threads)
    ), left_them AS (
        UPDATE members m SET active = false, version = h.last_version
          FROM heads h WHERE m.conversation_id = h.id AND m.conversation_id = ANY (threads) AND m.user_id = person
    ), closed AS (
        UPDATE member_intervals i SET to_number = h.last_number + 1, to_version = h.last_version, to_at = h.moment
          FROM heads h
         WHERE i.conversation_id = h.id AND i.conversation_id = ANY (threads) AND i.user_id = person
           AND i.to_version IS NULL
    ), lost_with AS (
        SELECT v.ord, v.user_version
          FROM take_user_versions(array_fill(tenant, ARRAY[cardinality(threads)]),
                                  array_fill(person, ARRAY[cardinality(threads)])) v
    ), gone AS (
        UPDATE user_conversations u
           SET state = 'lost', user_version = v.user_version, lost_at = moment, watching = false
          FROM unnest(threads) WITH ORDINALITY AS t (id, ord) JOIN lost_with v USING (ord)
         WHERE u.conversation_id = t.id AND u.ctid = ANY (ARRAY(
               SELECT (SELECT c.ctid FROM user_conversations c
                        WHERE c.tenant_id = tenant AND c.user_id = person AND c.conversation_id = o.id)
                 FROM unnest(threads) AS o (id)))
    ), noted AS (
        INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions, user_tenants, users, user_versions)
        SELECT array_fill(tenant, ARRAY[cardinality(threads)]), array_agg(h.root_id), array_agg(h.id),
               array_agg(h.last_version), array_agg(h.last_version), ARRAY[tenant], ARRAY[person],
               ARRAY[(SELECT max(v.user_version) FROM lost_with v)]
          FROM heads h
    )
    SELECT max(v.user_version) INTO lost FROM lost_with v;
    RETURN lost;
END
$$;

-- Whoever is a member of a root, which is locked, no more is in none of its threads either. All are locked before any
-- version of his is taken, or this and his leaving one of them would wait for each other. Nodes learn of it from the
-- journal: until they have, the gap in a thread's versions holds back what comes after.
CREATE FUNCTION leave_threads_of_root(tenant uuid, root uuid, person uuid) RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    threads uuid[] := followed_threads(tenant, root, person);
BEGIN
    PERFORM FROM conversation_counters k WHERE k.id = ANY (threads) ORDER BY k.id FOR NO KEY UPDATE;
    threads := followed_threads(tenant, root, person); -- he may have left one meanwhile
    IF cardinality(threads) > 0 THEN
        PERFORM leave_threads(tenant, person, threads);
    END IF;
END
$$;

-- Up to which thread what others see of them has been made anew; no row: there is nothing to do.
CREATE TABLE thread_rebuild (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    place uuid    NOT NULL
);

-- Brings what others see of a thread up to date: how many replies, when the last one was, the last three who replied.
-- Outcomes: 'ok', 'unchanged', 'not_found' (it has ended, or its message was deleted).
CREATE FUNCTION refresh_thread(tenant uuid, thread uuid) RETURNS message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    head    locked_message;
    changed messages;
    change  message_change;
    room    conversations;
    replies conversation_counters;
    latest  timestamptz;
    authors jsonb;
BEGIN
    SELECT * INTO room FROM conversations c WHERE c.id = thread AND c.tenant_id = tenant AND c.type = 'thread';
    SELECT l.* INTO head
      FROM messages s CROSS JOIN LATERAL lock_message(tenant, room.root_id, NULL, s.id) l
     WHERE s.conversation_id = room.root_id AND s.number = room.parent_number;
    changed := head.message;
    IF head.root_id IS NULL OR changed.deleted_at IS NOT NULL THEN
        change.outcome := 'not_found';
        RETURN change;
    END IF;
    SELECT * INTO replies FROM conversation_counters k WHERE k.id = thread;
    SELECT max(s.created_at) INTO latest FROM messages s
     WHERE s.conversation_id = thread AND s.number = replies.last_number;
    SELECT jsonb_agg(a.sender_id ORDER BY a.last DESC) INTO authors
      FROM (SELECT s.sender_id, max(s.number) AS last
              FROM (SELECT * FROM messages s WHERE s.conversation_id = thread ORDER BY s.number DESC LIMIT 50) s
             WHERE s.counts AND s.deleted_at IS NULL
             GROUP BY s.sender_id ORDER BY 2 DESC LIMIT 3) a;
    changed.state := coalesce(changed.state, '{}') || jsonb_build_object('thread', jsonb_strip_nulls(
        jsonb_build_object('id', thread, 'count', replies.last_counted, 'lastAt', iso_time(latest), 'repliers', authors)));
    IF changed.state = (head.message).state THEN
        change.outcome := 'unchanged';
        RETURN change;
    END IF;
    RETURN store_message(head, changed);
END
$$;
