-- Messages that are no texts: code, places, cards, polls. What they consist of is content as that of texts is; what is
-- told of them later, votes and the places where somebody is, is theirs alone.

-- Who has voted for what: a row for each option that somebody has chosen. What everybody is shown, how many have chosen
-- which option, is in the message's `state`, counted on with each call and never counted anew. Of an anonymous poll the
-- rows say neither when nor with which version they came, so that they cannot be matched with what was seen to change.
CREATE TABLE poll_votes (
    tenant_id       uuid   NOT NULL,
    root_id         uuid   NOT NULL,
    conversation_id uuid   NOT NULL,
    number          bigint NOT NULL,
    user_id         uuid   NOT NULL,
    option          int    NOT NULL, -- its place in the poll, from 0
    version         bigint NOT NULL, -- of the change that counted it; anonymous: 0
    voted_at        timestamptz,     -- anonymous: null
    PRIMARY KEY (conversation_id, number, user_id, option, root_id)
);
CREATE INDEX poll_votes_order ON poll_votes (conversation_id, number, option, version, user_id) WHERE version > 0;

-- Polls that close by themselves, as long as they have not.
CREATE TABLE polls_to_close (
    tenant_id       uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    message_id      uuid        NOT NULL,
    closes_at       timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, message_id, root_id)
);
CREATE INDEX polls_to_close_due ON polls_to_close (closes_at);

-- Of messages that were just appended, see append_messages.
CREATE FUNCTION note_polls(conversations uuid[], ids uuid[]) RETURNS void
    LANGUAGE sql SET search_path = parley, pg_temp
AS $$
    INSERT INTO polls_to_close (tenant_id, root_id, conversation_id, message_id, closes_at)
    SELECT s.tenant_id, s.root_id, s.conversation_id, s.id, (s.content::jsonb -> 'poll' ->> 'closesAt')::timestamptz
      FROM just_appended(conversations, ids) s
     WHERE s.type = 'poll' AND s.content::jsonb -> 'poll' ? 'closesAt'
    ON CONFLICT DO NOTHING
$$;

-- As forget_edits.
CREATE FUNCTION forget_poll() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    DELETE FROM poll_votes v WHERE v.conversation_id = NEW.conversation_id AND v.number = NEW.number;
    DELETE FROM polls_to_close p WHERE p.conversation_id = NEW.conversation_id AND p.message_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_poll AFTER UPDATE OF deleted_at ON messages
    FOR EACH ROW WHEN (OLD.type = 'poll' AND OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION forget_poll();

-- What one person has chosen in a poll; asked only of those with results, by whoever reads for him.
CREATE FUNCTION voted(conversation uuid, message_number bigint, person uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object('voted', coalesce(jsonb_agg(v.option ORDER BY v.option), '[]'))
      FROM parley.poll_votes v
     WHERE v.conversation_id = conversation AND v.number = message_number AND v.user_id = person
$$;

-- What a poll shows before anybody has voted.
CREATE FUNCTION no_votes(poll jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
AS $$
    SELECT jsonb_build_object('counts', (SELECT jsonb_agg(0) FROM jsonb_array_elements(poll -> 'options')), 'voters', 0)
$$;

-- What became of one vote: `results` is what everybody is shown after it, `version` is given for 'ok'; `oldest` as of
-- message_change.
CREATE TYPE vote_change AS (
    ord         int,
    outcome     text,
    number      bigint,
    version     bigint,
    results     jsonb,
    last_number bigint,
    oldest      bigint
);

-- The votes of one call in one poll, each by another person. The conversation is locked; its counters are written here,
-- the journal is not. As in react_to_message each row is looked up by a subquery of its own (OFFSET 0 keeps it one).
CREATE FUNCTION vote_in_poll(tenant uuid, conversation uuid, message_id uuid, actors uuid[], choices text[])
    RETURNS SETOF vote_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    head     locked_message;
    message  messages;
    poll     jsonb;
    shown    jsonb;
    closed   boolean;
    outcomes text[];
    lost     int[];
    won      int[];
    voters   int; -- how many more have voted
BEGIN
    SELECT * INTO head FROM lock_message(tenant, conversation, NULL, message_id);
    message := head.message;
    poll := message.content::jsonb -> 'poll';
    shown := coalesce(message.state -> 'results', no_votes(poll));
    closed := shown ? 'closedAt' OR coalesce((poll ->> 'closesAt')::timestamptz <= clock_timestamp(), false);

    SELECT array_agg(outcome ORDER BY ord),
           coalesce(sum((choice <> '{}')::int - (had <> '{}')::int) FILTER (WHERE outcome = 'ok'), 0)
      INTO outcomes, voters
      FROM (SELECT a.*, CASE
                   WHEN message.type IS DISTINCT FROM 'poll' OR message.deleted_at IS NOT NULL OR 0 = (
                        SELECT count(*) FROM readable_spans(tenant, conversation, a.actor) v
                         WHERE message.number >= v.first AND message.number < v.past
                           AND message.created_at >= v.since AND message.created_at < v.until) THEN 'not_found'
                   WHEN a.choice = a.had THEN 'unchanged'
                   WHEN closed THEN 'closed'
                   WHEN a.choice <> '{}' AND (m.silenced_until > clock_timestamp()
                                              OR NOT permits(permissions_of(head.permissions, false, m.role_id),
                                                             role_rank(m.role), 'react')) THEN 'forbidden'
                   WHEN cardinality(a.choice) > 1 AND NOT (poll -> 'multiple')::boolean
                        OR a.choice[1] < 0
                        OR a.choice[cardinality(a.choice)] >= jsonb_array_length(poll -> 'options') THEN 'invalid'
                   ELSE 'ok' END AS outcome
              FROM (SELECT a.actor, a.choice::int[] AS choice, a.ord, ARRAY(
                           SELECT v.option FROM poll_votes v
                            WHERE v.conversation_id = conversation AND v.number = message.number AND v.user_id = a.actor
                            ORDER BY v.option) AS had
                      FROM unnest(actors, choices) WITH ORDINALITY AS a (actor, choice, ord)) a
              LEFT JOIN LATERAL (
                   SELECT m.role, m.role_id, m.silenced_until FROM members m
                    WHERE m.conversation_id = head.root_id AND m.user_id = a.actor AND m.active LIMIT 1) m ON true) judged;

    IF 'ok' = ANY (outcomes) THEN
        WITH gone AS (
            DELETE FROM poll_votes d
             WHERE d.ctid = ANY (ARRAY (
                   SELECT v.ctid FROM unnest(actors, choices, outcomes) AS a (actor, choice, outcome)
                    CROSS JOIN LATERAL (
                          SELECT v.ctid FROM poll_votes v
                           WHERE v.conversation_id = conversation AND v.number = message.number AND v.user_id = a.actor
                             AND v.option <> ALL (a.choice::int[]) OFFSET 0) v
                    WHERE a.outcome = 'ok'))
            RETURNING d.option)
        SELECT array_agg(option) INTO lost FROM gone;
        WITH come AS (
            INSERT INTO poll_votes (tenant_id, root_id, conversation_id, number, user_id, option, version, voted_at)
            SELECT tenant, head.root_id, conversation, message.number, a.actor, chosen,
                   CASE WHEN (poll -> 'anonymous')::boolean THEN 0 ELSE head.last_version + 1 END,
                   CASE WHEN (poll -> 'anonymous')::boolean THEN NULL ELSE head.moment END
              FROM unnest(actors, choices, outcomes) AS a (actor, choice, outcome), unnest(a.choice::int[]) AS chosen
             WHERE a.outcome = 'ok'
            ON CONFLICT DO NOTHING
            RETURNING option)
        SELECT array_agg(option) INTO won FROM come;
        shown := shown || jsonb_build_object(
            'counts', (SELECT jsonb_agg(c.count::int + (SELECT count(*) FROM unnest(won) AS w WHERE w = c.place - 1)
                                                     - (SELECT count(*) FROM unnest(lost) AS l WHERE l = c.place - 1)
                                        ORDER BY c.place)
                         FROM jsonb_array_elements_text(shown -> 'counts') WITH ORDINALITY AS c (count, place)),
            'voters', (shown ->> 'voters')::int + voters);
        UPDATE messages s
           SET version = head.last_version + 1,
               state = coalesce(s.state, '{}') || jsonb_build_object('results', shown)
         WHERE s.conversation_id = conversation AND s.number = message.number AND s.root_id = head.root_id;
        UPDATE conversation_counters k
           SET last_version = head.last_version + 1, changed_xid = pg_current_xact_id()
         WHERE k.id = conversation AND k.root_id = head.root_id;
    END IF;

    RETURN QUERY
    SELECT a.ord::int, a.outcome, message.number, CASE WHEN a.outcome = 'ok' THEN head.last_version + 1 END, shown,
           head.last_number, CASE WHEN head.since_join THEN message.number ELSE 0 END
      FROM unnest(outcomes) WITH ORDINALITY AS a (outcome, ord);
END
$$;

-- Votes, each with its place in the arrays; nobody comes twice for one poll. What somebody chooses, as text of an array
-- of options in their order, takes the place of what he chose before; nothing takes his vote back. Outcomes:
--   'ok'        counted
--   'unchanged' he has voted so
--   'not_found' no poll that he may read, or a deleted one
--   'closed'    it is closed, or its time is over
--   'forbidden' he lacks the permission 'react' or is silenced; he may still take his vote back
--   'invalid'   several where only one may be chosen, or one that there is not
-- What one call changes of a poll is one version, however many people have voted.
CREATE FUNCTION vote_in_polls(tenants uuid[], conversations uuid[], message_ids uuid[], actors uuid[], choices text[])
    RETURNS SETOF vote_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    locked uuid[];
    before bigint[];
    one    record;
BEGIN
    SELECT array_agg(k.id), array_agg(k.last_version) INTO locked, before
      FROM (SELECT k.id, k.last_version FROM (SELECT DISTINCT id FROM unnest(conversations) AS a (id)) a
              JOIN conversation_counters k ON k.id = a.id
             ORDER BY k.root_id, k.id <> k.root_id, k.id FOR NO KEY UPDATE OF k) k;
    FOR one IN
        SELECT tenant, conversation, message, array_agg(ord ORDER BY ord) AS places,
               array_agg(actor ORDER BY ord) AS actors, array_agg(choice ORDER BY ord) AS choices
          FROM unnest(tenants, conversations, message_ids, actors, choices)
               WITH ORDINALITY AS a (tenant, conversation, message, actor, choice, ord)
         GROUP BY tenant, conversation, message ORDER BY min(ord)
    LOOP
        RETURN QUERY
        SELECT one.places[v.ord]::int, v.outcome, v.number, v.version, v.results, v.last_number, v.oldest
          FROM vote_in_poll(one.tenant, one.conversation, one.message, one.actors, one.choices) v;
    END LOOP;
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions)
    SELECT array_agg(k.tenant_id), array_agg(k.root_id), array_agg(k.id), array_agg(b.version + 1),
           array_agg(k.last_version)
      FROM unnest(locked, before) AS b (id, version)
      JOIN conversation_counters k ON k.id = b.id AND k.last_version > b.version
    HAVING count(*) > 0;
END
$$;

-- Closes a poll: for good, and with what was counted. Nobody (null) closes it only when its time has come. Outcomes: 'ok',
-- 'unchanged' (it is closed already, or not yet to be), 'not_found', 'forbidden' (neither the sender nor somebody who may
-- delete others' messages).
CREATE FUNCTION close_poll(tenant uuid, conversation uuid, actor uuid, of_message uuid) RETURNS message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    head     locked_message;
    changed  messages;
    change   message_change;
    poll     jsonb;
    results  jsonb;
    due      boolean;
BEGIN
    SELECT * INTO head FROM lock_message(tenant, conversation, actor, of_message);
    changed := head.message;
    poll := changed.content::jsonb -> 'poll';
    results := coalesce(changed.state -> 'results', no_votes(poll));
    due := coalesce((poll ->> 'closesAt')::timestamptz <= clock_timestamp(), false);
    change.outcome := CASE
        WHEN changed.type IS DISTINCT FROM 'poll' OR changed.deleted_at IS NOT NULL THEN 'not_found'
        WHEN results ? 'closedAt' OR actor IS NULL AND NOT due THEN 'unchanged'
        WHEN changed.sender_id IS DISTINCT FROM actor AND NOT due
             AND NOT (head.type <> 'direct' AND permits(head.permissions, head.actor_rank, 'delete_messages')) THEN 'forbidden'
        ELSE 'ok' END;
    IF change.outcome = 'ok' OR actor IS NULL AND change.outcome = 'not_found' THEN
        DELETE FROM polls_to_close p WHERE p.conversation_id = conversation AND p.message_id = of_message;
    END IF;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    results := results || CASE WHEN due THEN jsonb_build_object('closedAt', poll -> 'closesAt')
                               ELSE jsonb_build_object('closedAt', iso_time(head.moment), 'closedBy', actor) END;
    changed.state := coalesce(changed.state, '{}') || jsonb_build_object('results', results);
    RETURN store_message(head, changed);
END
$$;

-- Where the sender of a live location is. Most of what he tells is passed on and forgotten; now and then it becomes the
-- message's `state.live`, here, so that whoever comes later sees a place that is not old.

-- What somebody may do with a live location now: 'ok', 'not_found' (no location that he may read), 'forbidden' (somebody
-- else's, or he is silenced), 'over' (it is not live, no longer, or he has stopped).
CREATE FUNCTION judge_live(message messages, actor uuid, silenced boolean) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN message.type IS DISTINCT FROM 'location' OR message.deleted_at IS NOT NULL THEN 'not_found'
        WHEN message.sender_id IS DISTINCT FROM actor OR silenced THEN 'forbidden'
        WHEN coalesce((message.content::jsonb -> 'location' ->> 'liveUntil')::timestamptz, '-infinity') <= clock_timestamp()
             OR message.state -> 'live' ? 'stoppedAt' THEN 'over'
        ELSE 'ok' END
$$;

-- The same before anything is locked, for what is passed on: with the message's number, the time, how many would be told,
-- whether it is time to store it again, and `oldest` as of message_change.
CREATE FUNCTION look_at_live(tenant uuid, conversation uuid, actor uuid, message_id uuid, store_seconds int)
    RETURNS TABLE (outcome text, number bigint, moment timestamptz, members int, due boolean, oldest bigint)
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT judge_live(s, look_at_live.actor, coalesce(m.silenced_until > clock_timestamp(), false)), s.number,
           date_trunc('milliseconds', clock_timestamp()), c.member_count,
           coalesce((s.state -> 'live' ->> 'at')::timestamptz, '-infinity')
               <= clock_timestamp() - make_interval(secs => store_seconds),
           CASE WHEN r.history <> 'all' THEN s.number ELSE 0 END
      FROM conversations c
      JOIN conversations r ON r.id = c.root_id AND r.root_id = c.root_id
      JOIN messages s ON s.id = look_at_live.message_id AND s.conversation_id = c.id
                      AND (s.expires_at > clock_timestamp()) IS NOT FALSE
      JOIN members m ON m.conversation_id = c.root_id AND m.user_id = look_at_live.actor AND m.active
     WHERE c.id = look_at_live.conversation AND c.tenant_id = tenant AND EXISTS (
           SELECT FROM readable_spans(tenant, conversation, look_at_live.actor) v
            WHERE s.number >= v.first AND s.number < v.past AND s.created_at >= v.since AND s.created_at < v.until);
END
$$;

-- Stores where the sender is now. Outcomes as of judge_live.
CREATE FUNCTION move_location(tenant uuid, conversation uuid, actor uuid, message_id uuid, latitude float8,
                              longitude float8) RETURNS message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    head    locked_message;
    changed messages;
    change  message_change;
BEGIN
    SELECT * INTO head FROM lock_message(tenant, conversation, actor, message_id);
    changed := head.message;
    change.outcome := judge_live(changed, actor, head.silenced);
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    changed.state := coalesce(changed.state, '{}') || jsonb_build_object('live', jsonb_build_object(
        'latitude', latitude, 'longitude', longitude, 'at', iso_time(head.moment)));
    RETURN store_message(head, changed);
END
$$;

-- Ends it before its time, with the place stored last. Outcomes: 'ok', 'unchanged' (it is over), 'not_found',
-- 'forbidden' (somebody else's).
CREATE FUNCTION stop_location(tenant uuid, conversation uuid, actor uuid, message_id uuid) RETURNS message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    head    locked_message;
    changed messages;
    change  message_change;
BEGIN
    SELECT * INTO head FROM lock_message(tenant, conversation, actor, message_id);
    changed := head.message;
    change.outcome := replace(judge_live(changed, actor, false), 'over', 'unchanged');
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    changed.state := coalesce(changed.state, '{}') || jsonb_build_object('live', coalesce(changed.state -> 'live',
        jsonb_build_object('latitude', changed.content::jsonb -> 'location' -> 'latitude',
                           'longitude', changed.content::jsonb -> 'location' -> 'longitude',
                           'at', iso_time(changed.created_at))) || jsonb_build_object('stoppedAt', iso_time(head.moment)));
    RETURN store_message(head, changed);
END
$$;
