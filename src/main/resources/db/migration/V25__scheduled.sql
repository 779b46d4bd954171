-- What is to happen later: messages that a person has written to be sent at a time, and reminders.
--
-- Both are lists of one person. A message to be sent has its id from the beginning: sending it is what every client
-- does, so it may be tried again after any failure and is stored once.

CREATE TABLE scheduled_messages (
    tenant_id       uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    id              uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    draft           text        NOT NULL, -- JSON, as the person said it
    due_at          timestamptz NOT NULL,
    time_zone       text,                 -- in which the person thinks of it
    created_at      timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    try_at          timestamptz NOT NULL, -- when it is looked at: first at its time, then whenever it could not be sent yet
    -- 'waiting', 'sending' (it may have been sent already: it can neither be changed nor cancelled), 'failed'
    state           text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'failed')),
    failure         text,                 -- the word of the error
    PRIMARY KEY (tenant_id, user_id, id)
);
CREATE INDEX scheduled_messages_due ON scheduled_messages (try_at) WHERE state <> 'failed';

CREATE TABLE reminders (
    tenant_id       uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    id              uuid        NOT NULL,
    conversation_id uuid,
    message_id      uuid,
    note            text,
    due_at          timestamptz NOT NULL,
    time_zone       text,
    created_at      timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    state           text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'due')),
    PRIMARY KEY (tenant_id, user_id, id)
);
CREATE INDEX reminders_due ON reminders (due_at) WHERE state = 'waiting';

-- Locks a person against other changes of his lists, for limits and for telling what is there from what is not.
CREATE FUNCTION lock_person(tenant uuid, person uuid) RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    PERFORM FROM user_counters k WHERE k.tenant_id = tenant AND k.user_id = person FOR NO KEY UPDATE;
END
$$;

-- Notes a message to be sent. Outcomes: 'ok', 'unchanged' (it is there, just so), 'conflict' (the id is used for
-- something else), 'too_many', 'not_found' (no conversation that he may read).
CREATE FUNCTION schedule_message(tenant uuid, person uuid, of_id uuid, conversation uuid, of_draft text,
                                 of_due timestamptz, zone text, most int,
                                 OUT outcome text, OUT user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    old scheduled_messages;
BEGIN
    PERFORM lock_person(tenant, person);
    SELECT * INTO old FROM scheduled_messages s WHERE s.tenant_id = tenant AND s.user_id = person AND s.id = of_id;
    outcome := CASE
        WHEN NOT EXISTS (SELECT FROM readable_spans(tenant, conversation, person)) THEN 'not_found'
        WHEN old.id IS NOT NULL THEN
            CASE WHEN (old.conversation_id, old.draft, old.due_at) = (conversation, of_draft, of_due)
                 THEN 'unchanged' ELSE 'conflict' END
        WHEN (SELECT count(*) FROM scheduled_messages s WHERE s.tenant_id = tenant AND s.user_id = person) >= most
            THEN 'too_many'
        ELSE 'ok' END;
    IF outcome = 'ok' THEN
        INSERT INTO scheduled_messages (tenant_id, user_id, id, conversation_id, draft, due_at, time_zone, try_at)
        VALUES (tenant, person, of_id, conversation, of_draft, of_due, zone, of_due);
        SELECT t.user_version INTO user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['scheduled']) t;
    END IF;
END
$$;

-- Changes when or what is to be sent; null leaves it as it is. What has failed waits again. Outcomes: 'ok', 'not_found',
-- 'conflict' (it is being sent).
CREATE FUNCTION reschedule_message(tenant uuid, person uuid, of_id uuid, of_draft text, of_due timestamptz, zone text,
                                   OUT outcome text, OUT user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM lock_person(tenant, person);
    UPDATE scheduled_messages s
       SET draft = coalesce(of_draft, s.draft), due_at = coalesce(of_due, s.due_at),
           time_zone = coalesce(zone, s.time_zone), try_at = coalesce(of_due, s.due_at), state = 'waiting', failure = NULL
     WHERE s.tenant_id = tenant AND s.user_id = person AND s.id = of_id AND s.state <> 'sending';
    IF FOUND THEN
        outcome := 'ok';
        SELECT t.user_version INTO user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['scheduled']) t;
    ELSE
        outcome := CASE WHEN EXISTS (SELECT FROM scheduled_messages s
                                      WHERE s.tenant_id = tenant AND s.user_id = person AND s.id = of_id)
                        THEN 'conflict' ELSE 'not_found' END;
    END IF;
END
$$;

-- Takes a message from the list: the person does not want it sent, or it has been. Outcomes as of reschedule_message.
CREATE FUNCTION unschedule_message(tenant uuid, person uuid, of_id uuid, sent boolean,
                                   OUT outcome text, OUT user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM lock_person(tenant, person);
    DELETE FROM scheduled_messages s
     WHERE s.tenant_id = tenant AND s.user_id = person AND s.id = of_id AND (s.state = 'sending') = sent;
    IF FOUND THEN
        outcome := 'ok';
        SELECT t.user_version INTO user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['scheduled']) t;
    ELSE
        outcome := CASE WHEN EXISTS (SELECT FROM scheduled_messages s
                                      WHERE s.tenant_id = tenant AND s.user_id = person AND s.id = of_id)
                        THEN 'conflict' ELSE 'not_found' END;
    END IF;
END
$$;

-- The next messages whose time has come, few of each person. From now on they are being sent, by one node for a while; of
-- those about which nothing was said by then (the node died, the outcome is unknown), somebody tries again.
CREATE FUNCTION take_due_messages(most int, lasting interval) RETURNS SETOF scheduled_messages
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET enable_bitmapscan = off
    SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    RETURN QUERY
    UPDATE scheduled_messages s SET state = 'sending', try_at = clock_timestamp() + lasting
      FROM (SELECT m.tenant_id, m.user_id, m.id
              FROM (SELECT w.*, row_number() OVER (PARTITION BY w.tenant_id, w.user_id ORDER BY w.due_at, w.id) AS nth
                      FROM (SELECT d.tenant_id, d.user_id, d.id, d.due_at, d.try_at FROM scheduled_messages d
                             WHERE d.try_at <= clock_timestamp() AND d.state <> 'failed'
                             ORDER BY d.try_at LIMIT 10 * most) w
                     ORDER BY nth, w.try_at LIMIT most) n
              JOIN scheduled_messages m ON m.tenant_id = n.tenant_id AND m.user_id = n.user_id AND m.id = n.id
             WHERE m.try_at <= clock_timestamp() AND m.state <> 'failed'
               FOR NO KEY UPDATE OF m SKIP LOCKED) d
     WHERE s.tenant_id = d.tenant_id AND s.user_id = d.user_id AND s.id = d.id
    RETURNING s.*;
END
$$;

-- A message that cannot be sent stays in the list and says why.
CREATE FUNCTION fail_message(tenant uuid, person uuid, of_id uuid, why text, OUT user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM lock_person(tenant, person);
    UPDATE scheduled_messages s SET state = 'failed', failure = why
     WHERE s.tenant_id = tenant AND s.user_id = person AND s.id = of_id AND s.state = 'sending';
    IF FOUND THEN
        SELECT t.user_version INTO user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['scheduled']) t;
    END IF;
END
$$;

-- Makes or changes a reminder; of one that is there only when it is due changes, and it waits again. Outcomes: 'ok',
-- 'unchanged', 'too_many', 'not_found' (a message that he may not read).
CREATE FUNCTION put_reminder(tenant uuid, person uuid, of_id uuid, conversation uuid, message uuid, of_note text,
                             of_due timestamptz, zone text, most int, OUT outcome text, OUT user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    old reminders;
BEGIN
    PERFORM lock_person(tenant, person);
    SELECT * INTO old FROM reminders r WHERE r.tenant_id = tenant AND r.user_id = person AND r.id = of_id;
    outcome := CASE
        WHEN old.id IS NOT NULL THEN
            CASE WHEN old.due_at = of_due AND old.state = 'waiting' THEN 'unchanged' ELSE 'ok' END
        WHEN message IS NOT NULL AND NOT EXISTS (
             SELECT FROM messages s CROSS JOIN readable_spans(tenant, conversation, person) v
              WHERE s.id = message AND s.conversation_id = conversation AND s.deleted_at IS NULL
                AND s.number >= v.first AND s.number < v.past AND s.created_at >= v.since AND s.created_at < v.until)
            THEN 'not_found'
        WHEN (SELECT count(*) FROM reminders r WHERE r.tenant_id = tenant AND r.user_id = person) >= most THEN 'too_many'
        ELSE 'ok' END;
    IF outcome = 'ok' THEN
        INSERT INTO reminders AS r (tenant_id, user_id, id, conversation_id, message_id, note, due_at, time_zone)
        VALUES (tenant, person, of_id, conversation, message, of_note, of_due, zone)
        ON CONFLICT (tenant_id, user_id, id) DO UPDATE
           SET due_at = excluded.due_at, time_zone = excluded.time_zone, state = 'waiting';
        SELECT t.user_version INTO user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['reminders']) t;
    END IF;
END
$$;

CREATE FUNCTION drop_reminder(tenant uuid, person uuid, of_id uuid, OUT outcome text, OUT user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM lock_person(tenant, person);
    DELETE FROM reminders r WHERE r.tenant_id = tenant AND r.user_id = person AND r.id = of_id;
    outcome := CASE WHEN FOUND THEN 'ok' ELSE 'not_found' END;
    IF FOUND THEN
        SELECT t.user_version INTO user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['reminders']) t;
    END IF;
END
$$;

-- The next reminders whose time has come, each with the version of its person. Persons are locked first, as by whoever
-- changes a reminder; what is judged before may be otherwise then.
CREATE FUNCTION ring_reminders(most int) RETURNS TABLE (reminder reminders, user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET enable_bitmapscan = off
    SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    tenants uuid[];
    people  uuid[];
    ids     uuid[];
    rung    reminders[];
BEGIN
    SELECT array_agg(d.tenant_id), array_agg(d.user_id), array_agg(d.id) INTO tenants, people, ids
      FROM (SELECT r.tenant_id, r.user_id, r.id FROM reminders r
             WHERE r.state = 'waiting' AND r.due_at <= clock_timestamp() ORDER BY r.due_at LIMIT most) d;
    IF ids IS NULL THEN
        RETURN;
    END IF;
    PERFORM lock_people(tenants, people);
    WITH due AS (
        UPDATE reminders r SET state = 'due'
          FROM unnest(tenants, people, ids) AS d (tenant_id, user_id, id)
         WHERE r.tenant_id = d.tenant_id AND r.user_id = d.user_id AND r.id = d.id
           AND r.state = 'waiting' AND r.due_at <= clock_timestamp()
        RETURNING r)
    SELECT array_agg(r ORDER BY (r).tenant_id, (r).user_id, (r).due_at) INTO rung FROM due;
    IF rung IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT rung[t.ord], t.user_version
      FROM (SELECT array_agg((x).tenant_id ORDER BY ord) AS tenants, array_agg((x).user_id ORDER BY ord) AS users,
                   array_agg('reminders'::text) AS lists
              FROM (SELECT rung[i] AS x, i AS ord FROM generate_subscripts(rung, 1) AS i) n) a
     CROSS JOIN LATERAL touch_lists(a.tenants, a.users, a.lists) t;
END
$$;
