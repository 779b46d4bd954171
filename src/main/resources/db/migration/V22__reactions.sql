-- Reactions to messages, and messages that are pinned in their conversation.
--
-- Who reacted is a row each; what everybody is shown, the emoji with their counts and the first few people, is in the
-- message's `state`, in the order in which the emoji were first used. Many who react to one message at once go into one
-- call: the message is written once, and what one emoji gains is one version, however many people it comes from. A
-- reaction of its own for each would be as many events for everybody, and whoever was away would be too far behind.

CREATE TABLE reactions (
    tenant_id       uuid             NOT NULL,
    root_id         uuid             NOT NULL,
    conversation_id uuid             NOT NULL,
    number          bigint           NOT NULL,
    user_id         uuid             NOT NULL,
    emoji           text COLLATE "C" NOT NULL,
    version         bigint           NOT NULL, -- of the change that added it
    reacted_at      timestamptz      NOT NULL,
    PRIMARY KEY (conversation_id, number, user_id, emoji, root_id)
);
-- Partial as members_version is, so that nobody is looked for along it.
CREATE INDEX reactions_order ON reactions (conversation_id, number, emoji, version, user_id) WHERE version > 0;
-- What a person uses most is counted from his latest ones: no count is kept that could be wrong, or locked by two.
CREATE INDEX reactions_of_person ON reactions (tenant_id, user_id, reacted_at);

CREATE TABLE pins (
    tenant_id       uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    number          bigint      NOT NULL,
    version         bigint      NOT NULL, -- of the pinning: the order of the list
    PRIMARY KEY (conversation_id, number, root_id)
);

-- As forget_edits.
CREATE FUNCTION forget_reactions_and_pins() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    DELETE FROM reactions r WHERE r.conversation_id = NEW.conversation_id AND r.number = NEW.number;
    DELETE FROM pins p WHERE p.conversation_id = NEW.conversation_id AND p.number = NEW.number;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_reactions_and_pins AFTER UPDATE OF deleted_at ON messages
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION forget_reactions_and_pins();

-- With what one person has reacted to a message; asked only of those that have reactions, by whoever reads for him.
CREATE FUNCTION reacted(conversation uuid, message_number bigint, person uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object('reacted', coalesce(jsonb_agg(r.emoji ORDER BY r.version, r.emoji), '[]'))
      FROM parley.reactions r
     WHERE r.conversation_id = conversation AND r.number = message_number AND r.user_id = person
$$;

-- What became of one reaction; `count` and `users` are the emoji's after it, `version` is given for 'ok'; `oldest` as of
-- message_change.
CREATE TYPE reaction_change AS (
    ord         int,
    outcome     text,
    number      bigint,
    version     bigint,
    count       int,
    users       jsonb,
    last_number bigint,
    oldest      bigint
);

-- The reactions of one call to one message, all added or all removed, each by another person. The conversation is
-- locked; its counters are written here, the journal is not. Each row is looked up by a subquery of its own: joined, all
-- reactions to the message would be read as soon as the plan was made while there were none.
CREATE FUNCTION react_to_message(tenant uuid, conversation uuid, message_id uuid, adding boolean, actors uuid[],
                                 emojis text[], most_emoji int, most_own int) RETURNS SETOF reaction_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    head     locked_message;
    message  messages;
    shown    jsonb;
    outcomes text[];
    places   bigint[]; -- of what is done: the emoji's place among those that something is done with
    taken    bigint;
BEGIN
    SELECT * INTO head FROM lock_message(tenant, conversation, NULL, message_id);
    message := head.message;
    shown := coalesce(message.state -> 'reactions', '[]');

    WITH judged AS (
        SELECT a.*, CASE
               WHEN message.id IS NULL OR message.deleted_at IS NOT NULL OR 0 = (
                    SELECT count(*) FROM readable_spans(tenant, conversation, a.actor) v
                     WHERE message.number >= v.first AND message.number < v.past
                       AND message.created_at >= v.since AND message.created_at < v.until) THEN 'not_found'
               WHEN adding = (1 = (
                    SELECT count(*) FROM reactions r WHERE r.conversation_id = conversation AND r.number = message.number
                                                       AND r.user_id = a.actor AND r.emoji = a.emoji)) THEN 'unchanged'
               WHEN adding AND (message.type = 'system' OR m.silenced_until > clock_timestamp()
                                OR NOT permits(permissions_of(head.permissions, false, m.role_id), role_rank(m.role), 'react'))
                    THEN 'forbidden'
               WHEN adding AND most_own <= (
                    SELECT count(*) FROM reactions r WHERE r.conversation_id = conversation
                                                       AND r.number = message.number AND r.user_id = a.actor)
                    THEN 'too_many_own'
               ELSE 'ok' END AS outcome
          FROM unnest(actors, emojis) WITH ORDINALITY AS a (actor, emoji, ord)
          LEFT JOIN LATERAL (
               SELECT m.role, m.role_id, m.silenced_until FROM members m
                WHERE m.conversation_id = head.root_id AND m.user_id = a.actor AND m.active LIMIT 1) m ON true
    ), used AS (
        SELECT emoji, min(ord) AS first, NOT shown @> jsonb_build_array(jsonb_build_object('emoji', emoji)) AS fresh
          FROM judged WHERE outcome = 'ok' GROUP BY emoji
    ), fitting AS (
        SELECT emoji, row_number() OVER (ORDER BY first) AS place
          FROM (SELECT *, count(*) FILTER (WHERE fresh) OVER (ORDER BY first) AS fresh_ones FROM used) u
         WHERE NOT fresh OR jsonb_array_length(shown) + fresh_ones <= most_emoji
    )
    SELECT array_agg(CASE WHEN j.outcome = 'ok' AND f.place IS NULL THEN 'too_many_emoji' ELSE j.outcome END ORDER BY ord),
           array_agg(CASE WHEN j.outcome = 'ok' THEN f.place END ORDER BY ord), coalesce(max(f.place), 0)
      INTO outcomes, places, taken
      FROM judged j LEFT JOIN fitting f ON f.emoji = j.emoji;

    IF taken > 0 AND adding THEN
        INSERT INTO reactions (tenant_id, root_id, conversation_id, number, user_id, emoji, version, reacted_at)
        SELECT tenant, head.root_id, conversation, message.number, a.actor, a.emoji, head.last_version + a.place, head.moment
          FROM unnest(actors, emojis, places) AS a (actor, emoji, place) WHERE a.place IS NOT NULL;
    ELSIF taken > 0 THEN
        DELETE FROM reactions d
         WHERE d.ctid = ANY (ARRAY (
               SELECT (SELECT r.ctid FROM reactions r WHERE r.conversation_id = conversation AND r.number = message.number
                                                        AND r.user_id = a.actor AND r.emoji = a.emoji)
                 FROM unnest(actors, emojis, places) AS a (actor, emoji, place) WHERE a.place IS NOT NULL));
    END IF;
    IF taken > 0 THEN
        SELECT coalesce(jsonb_agg(entry ORDER BY place) FILTER (WHERE (entry ->> 'count')::int > 0), '[]') INTO shown
          FROM (SELECT coalesce(s.place, jsonb_array_length(shown) + d.place) AS place,
                       CASE WHEN d.emoji IS NULL THEN s.entry
                            ELSE jsonb_build_object('emoji', d.emoji,
                                 'count', coalesce((s.entry ->> 'count')::int, 0) + CASE WHEN adding THEN d.times ELSE -d.times END,
                                 'users', (SELECT jsonb_agg(f.user_id) FROM (
                                     SELECT r.user_id FROM reactions r
                                      WHERE r.conversation_id = conversation AND r.number = message.number
                                        AND r.emoji = d.emoji AND r.version > 0
                                      ORDER BY r.version, r.user_id LIMIT 5) f)) END AS entry
                  FROM jsonb_array_elements(shown) WITH ORDINALITY AS s (entry, place)
                  FULL JOIN (SELECT a.emoji, a.place, count(*) AS times FROM unnest(emojis, places) AS a (emoji, place)
                              WHERE a.place IS NOT NULL GROUP BY a.emoji, a.place) d ON d.emoji = s.entry ->> 'emoji') e;
        UPDATE messages s
           SET version = head.last_version + taken,
               state = nullif(CASE WHEN shown = '[]' THEN s.state - 'reactions'
                                   ELSE coalesce(s.state, '{}') || jsonb_build_object('reactions', shown) END, '{}')
         WHERE s.conversation_id = conversation AND s.number = message.number AND s.root_id = head.root_id;
        UPDATE conversation_counters k
           SET last_version = head.last_version + taken, changed_xid = pg_current_xact_id()
         WHERE k.id = conversation AND k.root_id = head.root_id;
    END IF;

    RETURN QUERY
    SELECT a.ord::int, a.outcome, message.number, head.last_version + a.place, coalesce((s.entry ->> 'count')::int, 0),
           coalesce(s.entry -> 'users', '[]'), head.last_number,
           CASE WHEN head.since_join THEN message.number ELSE 0 END
      FROM unnest(emojis, outcomes, places) WITH ORDINALITY AS a (emoji, outcome, place, ord)
      LEFT JOIN jsonb_array_elements(shown) AS s (entry) ON s.entry ->> 'emoji' = a.emoji;
END
$$;

-- Adds and removes reactions, each with its place in the arrays; nobody comes twice for one message. Outcomes:
--   'ok'             done
--   'unchanged'      it was so already
--   'not_found'      no message that he may read, or a deleted one
--   'forbidden'      adding: he lacks the permission 'react', is silenced, or it is a system message
--   'too_many_own'   he has reacted to the message in `most_own` ways
--   'too_many_emoji' the message has `most_emoji` emoji
-- What one emoji of a message gains in a call is one version, and so is what it loses; what is lost comes first.
CREATE FUNCTION change_reactions(tenants uuid[], conversations uuid[], message_ids uuid[], actors uuid[], emojis text[],
                                 adding boolean[], most_emoji int, most_own int) RETURNS SETOF reaction_change
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
        SELECT tenant, conversation, message, added, array_agg(ord ORDER BY ord) AS places,
               array_agg(actor ORDER BY ord) AS actors, array_agg(emoji ORDER BY ord) AS emojis
          FROM unnest(tenants, conversations, message_ids, actors, emojis, adding)
               WITH ORDINALITY AS a (tenant, conversation, message, actor, emoji, added, ord)
         GROUP BY tenant, conversation, message, added ORDER BY added
    LOOP
        RETURN QUERY
        SELECT one.places[r.ord]::int, r.outcome, r.number, r.version, r.count, r.users, r.last_number,
               r.oldest
          FROM react_to_message(one.tenant, one.conversation, one.message, one.added, one.actors, one.emojis, most_emoji,
                                most_own) r;
    END LOOP;
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions)
    SELECT array_agg(k.tenant_id), array_agg(k.root_id), array_agg(k.id), array_agg(b.version + 1),
           array_agg(k.last_version)
      FROM unnest(locked, before) AS b (id, version)
      JOIN conversation_counters k ON k.id = b.id AND k.last_version > b.version
    HAVING count(*) > 0;
END
$$;

-- Adds the `notice` to a change of a message: a system message that takes the version after it.
CREATE FUNCTION announce_message_change(change message_change, actor uuid, notice_id uuid, notice jsonb)
    RETURNS message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    said messages;
BEGIN
    INSERT INTO messages (tenant_id, root_id, conversation_id, number, version, id, sender_id, type, content, counted,
                          counts, created_at)
    SELECT k.tenant_id, k.root_id, k.id, k.last_number + 1, k.last_version + 1, notice_id, actor, 'system',
           notice::text, k.last_counted, false, greatest(date_trunc('milliseconds', clock_timestamp()), k.last_at)
      FROM conversation_counters k
     WHERE k.id = (change.message).conversation_id AND k.root_id = (change.message).root_id
    RETURNING * INTO said;
    UPDATE conversation_counters k
       SET last_number = said.number, last_version = said.version, last_at = said.created_at,
           changed_xid = pg_current_xact_id()
     WHERE k.id = said.conversation_id AND k.root_id = said.root_id;
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions)
    VALUES (ARRAY[said.tenant_id], ARRAY[said.root_id], ARRAY[said.conversation_id], ARRAY[said.version],
            ARRAY[said.version]);
    change.notice := said;
    RETURN change;
END
$$;

-- Pins a message in its conversation, and says so. Outcomes: 'ok', 'unchanged' (it is pinned), 'not_found', 'forbidden'
-- (he lacks the permission 'pin', is silenced, or it is a system message), 'too_many' (as many as may be are).
CREATE FUNCTION pin_message(tenant uuid, conversation uuid, actor uuid, message_id uuid, notice_id uuid, most int)
    RETURNS message_change
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
        WHEN head.root_id IS NULL OR changed.deleted_at IS NOT NULL THEN 'not_found'
        WHEN changed.state ? 'pinned' THEN 'unchanged'
        WHEN changed.type = 'system' OR head.silenced OR NOT permits(head.permissions, head.actor_rank, 'pin') THEN 'forbidden'
        WHEN most <= (SELECT count(*) FROM pins p WHERE p.conversation_id = conversation) THEN 'too_many'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    INSERT INTO pins (tenant_id, root_id, conversation_id, number, version)
    VALUES (tenant, head.root_id, conversation, changed.number, head.last_version + 1);
    changed.state := coalesce(changed.state, '{}')
        || jsonb_build_object('pinned', jsonb_build_object('by', actor, 'at', iso_time(head.moment)));
    RETURN announce_message_change(store_message(head, changed), actor, notice_id, jsonb_build_object(
        'event', 'message_pinned', 'message', jsonb_build_object('id', changed.id, 'number', changed.number)));
END
$$;

-- Takes a pin away. Outcomes: 'ok', 'unchanged' (it is not pinned), 'not_found', 'forbidden' (he lacks the permission
-- 'pin' or is silenced).
CREATE FUNCTION unpin_message(tenant uuid, conversation uuid, actor uuid, message_id uuid) RETURNS message_change
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
        WHEN head.root_id IS NULL OR changed.deleted_at IS NOT NULL THEN 'not_found'
        WHEN changed.state IS NULL OR NOT changed.state ? 'pinned' THEN 'unchanged'
        WHEN head.silenced OR NOT permits(head.permissions, head.actor_rank, 'pin') THEN 'forbidden'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    DELETE FROM pins p WHERE p.conversation_id = conversation AND p.number = changed.number;
    changed.state := nullif(changed.state - 'pinned', '{}');
    RETURN store_message(head, changed);
END
$$;
