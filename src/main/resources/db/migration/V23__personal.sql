-- What is a person's own in conversations, the same on all his devices: settings, drafts, stars, what he has hidden from
-- himself, and what others may see of him.
--
-- None of it is a change of a conversation, and nothing of it is written when somebody sends. It is numbered for the
-- person: settings as his read marks are, in `user_conversations`, the others as lists (see V14). The functions lock no
-- conversation; they begin with the person's counter, so that what he does on two devices at once is judged one after
-- the other, and end in the order of V3: versions, journal.

CREATE FUNCTION lock_people(tenants uuid[], people uuid[]) RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET enable_hashjoin = off
    SET enable_mergejoin = off
AS $$
BEGIN
    PERFORM FROM (SELECT DISTINCT * FROM unnest(tenants, people) AS a (tenant_id, user_id)) a
            JOIN user_counters k USING (tenant_id, user_id)
      ORDER BY k.tenant_id, k.user_id FOR NO KEY UPDATE OF k;
END
$$;

-- Whether the conversation with this root is deleted, as long as it may be restored: nobody sees what he has in it, and
-- nothing of that is forgotten.
CREATE FUNCTION is_deleted(root uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM parley.conversation_counters k WHERE k.id = root AND k.root_id = root AND k.send_rank = 4)
$$;

-- Settings of a conversation ---------------------------------------------------------------------------------------------

-- `settings` is what clients are told: an object of what differs from the default.
--   pinned         among the pinned ones, the higher the further up
--   archivedAt     number of the last message when he archived it
--   mutedUntil     time, for ever: the last millisecond of the year 9999
--   markedUnread   true, until he reads
--   notifications  all, mentions or none
--   theme          a word of his clients
-- `archived_counted` belongs to archivedAt: `last_counted` then. So what brings a conversation back is compared when it
-- is read, and the system's messages bring none back.
ALTER TABLE user_conversations ADD COLUMN settings         jsonb NOT NULL DEFAULT '{}',
                               ADD COLUMN archived_counted bigint;
CREATE INDEX user_conversations_pinned ON user_conversations (tenant_id, user_id) WHERE settings ? 'pinned';

-- Whether a conversation is in the archive: nobody has said anything since, or it is muted.
CREATE FUNCTION is_archived(settings jsonb, archived_counted bigint, last_counted bigint) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT archived_counted IS NOT NULL
       AND (last_counted <= archived_counted OR coalesce((settings ->> 'mutedUntil')::timestamptz > now(), false))
$$;

-- `settings` as they are now, of all that changed: [{"conversation","userVersion","settings"}…].
CREATE TYPE settings_change AS (
    outcome  text,
    settings jsonb,
    changed  jsonb
);

-- Changes settings: `patch` has new values and null for the default, and true or false for 'pinned' (pins at the top) and
-- 'archived'. Archiving takes the pin away, pinning takes it out of the archive. Outcomes: 'ok', 'unchanged',
-- 'not_found', 'too_many' (pinned).
CREATE FUNCTION change_settings(tenant uuid, person uuid, conversation uuid, patch jsonb, most_pinned int)
    RETURNS settings_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    own    user_conversations;
    head   conversation_counters;
    pins   record;
    wanted jsonb;
    change settings_change;
    taken  bigint;
BEGIN
    PERFORM lock_people(ARRAY[tenant], ARRAY[person]);
    SELECT * INTO own FROM user_conversations u
     WHERE u.tenant_id = tenant AND u.user_id = person AND u.conversation_id = conversation AND u.state = 'member'
       AND NOT is_deleted(u.root_id);
    SELECT * INTO head FROM conversation_counters k WHERE k.id = conversation;
    SELECT count(*) FILTER (WHERE NOT is_deleted(u.root_id)) AS many,
           coalesce(max((u.settings ->> 'pinned')::bigint), 0) AS highest INTO pins
      FROM user_conversations u
     WHERE u.tenant_id = tenant AND u.user_id = person AND u.settings ? 'pinned';

    wanted := own.settings || (patch - 'pinned' - 'archived');
    change.outcome := CASE WHEN own.user_id IS NULL THEN 'not_found' END;
    IF patch ->> 'pinned' = 'false' THEN
        wanted := wanted - 'pinned';
    ELSIF patch ->> 'pinned' = 'true' AND NOT own.settings ? 'pinned' THEN
        IF pins.many >= most_pinned THEN
            change.outcome := 'too_many';
        END IF;
        wanted := wanted - 'archivedAt' || jsonb_build_object('pinned', pins.highest + 1);
    END IF;
    IF patch ->> 'archived' = 'false' THEN
        wanted := wanted - 'archivedAt';
    ELSIF patch ->> 'archived' = 'true' AND own.archived_counted IS DISTINCT FROM head.last_counted THEN
        wanted := wanted - 'pinned' || jsonb_build_object('archivedAt', head.last_number);
    END IF;
    wanted := jsonb_strip_nulls(wanted);

    change.outcome := coalesce(change.outcome, CASE WHEN wanted = own.settings THEN 'unchanged' ELSE 'ok' END);
    change.settings := CASE change.outcome WHEN 'ok' THEN wanted WHEN 'unchanged' THEN own.settings END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    SELECT v.user_version INTO taken FROM take_user_versions(ARRAY[tenant], ARRAY[person]) v;
    UPDATE user_conversations u
       SET user_version = taken, settings = wanted,
           archived_counted = CASE WHEN NOT wanted ? 'archivedAt' THEN NULL
                                   WHEN wanted -> 'archivedAt' IS NOT DISTINCT FROM own.settings -> 'archivedAt'
                                   THEN own.archived_counted ELSE head.last_counted END
     WHERE u.tenant_id = tenant AND u.user_id = person AND u.conversation_id = conversation;
    INSERT INTO journal (user_tenants, users, user_versions) VALUES (ARRAY[tenant], ARRAY[person], ARRAY[taken]);
    change.changed := jsonb_build_array(
        jsonb_build_object('conversation', conversation, 'userVersion', taken, 'settings', wanted));
    RETURN change;
END
$$;

-- Pins these conversations and no others, the first on top. Each one that changes takes a version. Outcomes: 'ok',
-- 'unchanged', 'not_found' (he is not in one of them), 'too_many'.
CREATE FUNCTION pin_conversations(tenant uuid, person uuid, conversations uuid[], most_pinned int) RETURNS settings_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    change  settings_change;
    moved   uuid[];
    wanted  jsonb[];
BEGIN
    PERFORM lock_people(ARRAY[tenant], ARRAY[person]);
    IF cardinality(conversations) > most_pinned THEN
        change.outcome := 'too_many';
    ELSIF EXISTS (SELECT FROM unnest(conversations) AS a (id)
                   WHERE NOT EXISTS (SELECT FROM user_conversations u
                                      WHERE u.tenant_id = tenant AND u.user_id = person AND u.conversation_id = a.id
                                        AND u.state = 'member' AND NOT is_deleted(u.root_id))) THEN
        change.outcome := 'not_found';
    ELSE
        SELECT array_agg(p.conversation_id ORDER BY p.conversation_id), array_agg(p.wanted ORDER BY p.conversation_id)
          INTO moved, wanted
          FROM (SELECT u.conversation_id, u.settings,
                       CASE WHEN a.id IS NULL THEN u.settings - 'pinned'
                            ELSE u.settings - 'archivedAt'
                                 || jsonb_build_object('pinned', cardinality(conversations) + 1 - a.place) END AS wanted
                  FROM (SELECT u.conversation_id AS id FROM user_conversations u
                         WHERE u.tenant_id = tenant AND u.user_id = person AND u.settings ? 'pinned'
                           AND NOT is_deleted(u.root_id)
                        UNION SELECT unnest(conversations)) touched
                  JOIN user_conversations u ON u.tenant_id = tenant AND u.user_id = person
                                           AND u.conversation_id = touched.id
                  LEFT JOIN unnest(conversations) WITH ORDINALITY AS a (id, place) ON a.id = touched.id) p
         WHERE p.settings <> p.wanted;
        change.outcome := CASE WHEN moved IS NULL THEN 'unchanged' ELSE 'ok' END;
    END IF;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    WITH written AS (
        UPDATE user_conversations u
           SET user_version = v.user_version, settings = wanted[v.ord],
               archived_counted = CASE WHEN wanted[v.ord] ? 'archivedAt' THEN u.archived_counted END
          FROM take_user_versions(array_fill(tenant, ARRAY[cardinality(moved)]),
                                  array_fill(person, ARRAY[cardinality(moved)])) v
         WHERE u.tenant_id = tenant AND u.user_id = person AND u.conversation_id = moved[v.ord]
        RETURNING u.conversation_id, u.user_version, u.settings
    ), noted AS (
        INSERT INTO journal (user_tenants, users, user_versions)
        SELECT ARRAY[tenant], ARRAY[person], ARRAY[max(w.user_version)] FROM written w
    )
    SELECT jsonb_agg(jsonb_build_object('conversation', w.conversation_id, 'userVersion', w.user_version,
                                        'settings', w.settings) ORDER BY w.user_version)
      INTO change.changed FROM written w;
    RETURN change;
END
$$;

-- Hidden messages --------------------------------------------------------------------------------------------------------

-- What a person has hidden from himself, in conversations in which he has hidden anything. Whoever reads messages for
-- somebody looks here first, and into `hidden_messages` only when there are `singles`.
CREATE TABLE hidden_histories (
    tenant_id       uuid   NOT NULL,
    user_id         uuid   NOT NULL,
    conversation_id uuid   NOT NULL,
    root_id         uuid   NOT NULL,
    cleared_number  bigint NOT NULL DEFAULT 0, -- everything up to here
    cleared_counted bigint NOT NULL DEFAULT 0, -- messages.counted there
    cleared_version bigint NOT NULL DEFAULT 0, -- the person's version of it
    singles         int    NOT NULL DEFAULT 0, -- how many rows of hidden_messages
    PRIMARY KEY (conversation_id, user_id, root_id)
);
CREATE INDEX hidden_histories_version ON hidden_histories (tenant_id, user_id, cleared_version);

CREATE TABLE hidden_messages (
    tenant_id       uuid    NOT NULL,
    user_id         uuid    NOT NULL,
    conversation_id uuid    NOT NULL,
    root_id         uuid    NOT NULL,
    number          bigint  NOT NULL, -- above cleared_number
    unread          boolean NOT NULL, -- would count for him if he had not read it
    user_version    bigint  NOT NULL,
    PRIMARY KEY (conversation_id, user_id, number, root_id)
);
CREATE INDEX hidden_messages_version ON hidden_messages (tenant_id, user_id, user_version);

-- Whether a person has hidden a message. He may still have the right to read it (see readable_spans), but is not shown
-- it. Without a search path of its own, so that it becomes part of the statement that calls it.
CREATE FUNCTION hidden_for(person uuid, conversation uuid, number bigint) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
           SELECT FROM parley.hidden_histories x
            WHERE x.user_id = person AND x.conversation_id = conversation
              AND (number <= x.cleared_number
                   OR x.singles > 0 AND EXISTS (
                      SELECT FROM parley.hidden_messages h
                       WHERE h.user_id = person AND h.conversation_id = conversation AND h.number = hidden_for.number)))
$$;

-- As readable_spans, without what he has hidden: `singles` says that there are messages to leave out inside the spans,
-- those of which hidden_for is true.
CREATE FUNCTION shown_spans(tenant uuid, conversation uuid, person uuid)
    RETURNS TABLE (first bigint, past bigint, since timestamptz, until timestamptz, singles boolean)
    LANGUAGE sql STABLE
AS $$
    SELECT greatest(v.first, x.cleared_number + 1), v.past, v.since, v.until, coalesce(x.singles > 0, false)
      FROM parley.readable_spans(tenant, conversation, person) v
      LEFT JOIN parley.hidden_histories x ON x.user_id = person AND x.conversation_id = conversation
$$;

-- `numbers` are those that are hidden now, `cleared` up to where everything is.
CREATE TYPE hiding_change AS (
    outcome      text,
    user_version bigint,
    numbers      bigint[],
    cleared      bigint
);

-- Hides messages from a person, and with them his stars. What is not there for him need not be hidden. Outcomes: 'ok',
-- 'unchanged', 'not_found' (he may not read the conversation), 'too_many' (single ones in this conversation).
CREATE FUNCTION hide_messages(tenant uuid, person uuid, conversation uuid, ids uuid[], most int) RETURNS hiding_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    change hiding_change;
    counts boolean[];
    room   uuid;
BEGIN
    PERFORM lock_people(ARRAY[tenant], ARRAY[person]);
    SELECT min(s.root_id::text)::uuid, array_agg(s.number ORDER BY s.number),
           array_agg(s.counts AND s.sender_id IS DISTINCT FROM person ORDER BY s.number)
      INTO room, change.numbers, counts
      FROM (SELECT DISTINCT id FROM unnest(ids) AS a (id)) a
      JOIN messages s ON s.id = a.id AND s.conversation_id = conversation
     WHERE NOT hidden_for(person, conversation, s.number)
       AND EXISTS (SELECT FROM readable_spans(tenant, conversation, person) v
                    WHERE s.number >= v.first AND s.number < v.past
                      AND s.created_at >= v.since AND s.created_at < v.until);
    change.outcome := CASE
        WHEN NOT EXISTS (SELECT FROM readable_spans(tenant, conversation, person)) THEN 'not_found'
        WHEN change.numbers IS NULL THEN 'unchanged'
        WHEN cardinality(change.numbers) > most - coalesce(
             (SELECT x.singles FROM hidden_histories x WHERE x.user_id = person AND x.conversation_id = conversation), 0)
            THEN 'too_many'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    SELECT v.user_version INTO change.user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['hidden']) v;
    INSERT INTO hidden_messages (tenant_id, user_id, conversation_id, root_id, number, unread, user_version)
    SELECT tenant, person, conversation, room, a.number, a.counts, change.user_version
      FROM unnest(change.numbers, counts) AS a (number, counts);
    INSERT INTO hidden_histories AS x (tenant_id, user_id, conversation_id, root_id, singles)
    VALUES (tenant, person, conversation, room, cardinality(change.numbers))
    ON CONFLICT (conversation_id, user_id, root_id) DO UPDATE SET singles = x.singles + excluded.singles;
    DELETE FROM stars t
     WHERE t.user_id = person AND t.conversation_id = conversation AND t.number = ANY (change.numbers);
    RETURN change;
END
$$;

-- Hides everything up to a number, at most to the last message, and with it his stars. Outcomes: 'ok', 'unchanged',
-- 'not_found' (he may not read the conversation).
CREATE FUNCTION clear_history(tenant uuid, person uuid, conversation uuid, number bigint) RETURNS hiding_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    change hiding_change;
    head   conversation_counters;
BEGIN
    PERFORM lock_people(ARRAY[tenant], ARRAY[person]);
    SELECT * INTO head FROM conversation_counters k WHERE k.id = conversation;
    change.cleared := least(number, head.last_number);
    change.outcome := CASE
        WHEN NOT EXISTS (SELECT FROM readable_spans(tenant, conversation, person)) THEN 'not_found'
        WHEN change.cleared <= coalesce((SELECT x.cleared_number FROM hidden_histories x
                                          WHERE x.user_id = person AND x.conversation_id = conversation), 0)
            THEN 'unchanged'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    SELECT v.user_version INTO change.user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['hidden']) v;
    DELETE FROM hidden_messages h
     WHERE h.user_id = person AND h.conversation_id = conversation AND h.number <= change.cleared;
    INSERT INTO hidden_histories AS x (tenant_id, user_id, conversation_id, root_id, cleared_number, cleared_counted,
                                       cleared_version)
    SELECT tenant, person, conversation, head.root_id, change.cleared, s.counted, change.user_version
      FROM messages s WHERE s.conversation_id = conversation AND s.number <= change.cleared
     ORDER BY s.number DESC LIMIT 1
    ON CONFLICT (conversation_id, user_id, root_id) DO UPDATE
       SET cleared_number = excluded.cleared_number, cleared_counted = excluded.cleared_counted,
           cleared_version = excluded.cleared_version,
           singles = (SELECT count(*) FROM hidden_messages h
                       WHERE h.user_id = person AND h.conversation_id = conversation AND h.number > change.cleared);
    DELETE FROM stars t WHERE t.user_id = person AND t.conversation_id = conversation AND t.number <= change.cleared;
    RETURN change;
END
$$;

-- Stars ------------------------------------------------------------------------------------------------------------------

-- Some may be left on messages that are not there for him any more: whoever reads them looks at the messages anyway. (A
-- trigger on messages would lock stars before the counters of the people in a thread that ends with its message; here it
-- is the other way round.)
CREATE TABLE stars (
    tenant_id       uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    number          bigint      NOT NULL,
    starred_at      timestamptz NOT NULL,
    user_version    bigint      NOT NULL, -- of the starring: newest first
    PRIMARY KEY (conversation_id, user_id, number, root_id)
);
CREATE INDEX stars_version ON stars (tenant_id, user_id, user_version);

CREATE TYPE star_change AS (
    outcome      text,
    user_version bigint,
    number       bigint,
    starred_at   timestamptz
);

-- Gives a message a star (`given`) or takes it away. Outcomes: 'ok', 'unchanged', 'not_found' (there is no such message
-- for him, or it is deleted), 'too_many'.
CREATE FUNCTION change_star(tenant uuid, person uuid, conversation uuid, message_id uuid, given boolean, most int)
    RETURNS star_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    change  star_change;
    message messages;
    starred boolean;
    kept    bigint;
BEGIN
    PERFORM lock_people(ARRAY[tenant], ARRAY[person]);
    SELECT s.* INTO message FROM messages s
     WHERE s.id = message_id AND s.conversation_id = conversation AND s.deleted_at IS NULL
       AND NOT hidden_for(person, conversation, s.number)
       AND EXISTS (SELECT FROM readable_spans(tenant, conversation, person) v
                    WHERE s.number >= v.first AND s.number < v.past
                      AND s.created_at >= v.since AND s.created_at < v.until);
    starred := EXISTS (SELECT FROM stars t WHERE t.user_id = person AND t.conversation_id = conversation
                                             AND t.number = message.number);
    IF given AND NOT starred THEN
        kept := (SELECT count(*) FROM stars t WHERE t.tenant_id = tenant AND t.user_id = person);
        IF kept >= most THEN
            DELETE FROM stars t
             WHERE t.tenant_id = tenant AND t.user_id = person AND NOT is_deleted(t.root_id)
               AND NOT EXISTS (SELECT FROM messages s, readable_spans(tenant, t.conversation_id, person) v
                                WHERE s.conversation_id = t.conversation_id AND s.number = t.number
                                  AND s.deleted_at IS NULL AND s.number >= v.first AND s.number < v.past
                                  AND s.created_at >= v.since AND s.created_at < v.until);
            kept := (SELECT count(*) FROM stars t
                      WHERE t.tenant_id = tenant AND t.user_id = person AND NOT is_deleted(t.root_id));
        END IF;
    END IF;
    change.number := message.number;
    change.outcome := CASE
        WHEN message.id IS NULL THEN 'not_found'
        WHEN starred = given THEN 'unchanged'
        WHEN kept >= most THEN 'too_many'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    SELECT v.user_version INTO change.user_version FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['stars']) v;
    IF given THEN
        change.starred_at := date_trunc('milliseconds', clock_timestamp());
        INSERT INTO stars (tenant_id, user_id, conversation_id, root_id, number, starred_at, user_version)
        VALUES (tenant, person, conversation, message.root_id, message.number, change.starred_at, change.user_version);
    ELSE
        DELETE FROM stars t
         WHERE t.user_id = person AND t.conversation_id = conversation AND t.number = message.number;
    END IF;
    RETURN change;
END
$$;

-- Drafts -----------------------------------------------------------------------------------------------------------------

CREATE TABLE drafts (
    tenant_id       uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    text            text        NOT NULL,
    reply_to        uuid,
    changed_at      timestamptz NOT NULL,
    user_version    bigint      NOT NULL,
    PRIMARY KEY (conversation_id, user_id, root_id)
) WITH (fillfactor = 70);
CREATE INDEX drafts_version ON drafts (tenant_id, user_id, user_version);

-- Stores drafts of many people, no two of one person for the same conversation; a text of null takes one away. What is
-- stored last holds. For each, by its place in the arrays: 'ok', 'unchanged', 'not_found' (he may not read the
-- conversation), 'too_many'.
CREATE FUNCTION store_drafts(tenants uuid[], people uuid[], conversations uuid[], texts text[], replies uuid[], most int)
    RETURNS TABLE (ord int, outcome text, user_version bigint, changed_at timestamptz)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    outcomes text[];
    places   int[];
    versions bigint[];
    moment   timestamptz;
BEGIN
    PERFORM lock_people(tenants, people);
    moment := date_trunc('milliseconds', clock_timestamp());
    SELECT array_agg(CASE WHEN j.outcome = 'new' THEN CASE WHEN j.kept + j.nth > most THEN 'too_many' ELSE 'ok' END
                          ELSE j.outcome END ORDER BY j.ord)
      INTO outcomes
      FROM (SELECT f.*, count(*) FILTER (WHERE f.outcome = 'new')
                            OVER (PARTITION BY f.tenant_id, f.user_id ORDER BY f.ord) AS nth,
                   (SELECT count(*) FROM drafts k
                     WHERE f.outcome = 'new' AND k.tenant_id = f.tenant_id AND k.user_id = f.user_id
                       AND EXISTS (SELECT FROM readable_spans(k.tenant_id, k.conversation_id, k.user_id))) AS kept
              FROM (SELECT a.*,
                           CASE WHEN NOT EXISTS (SELECT FROM readable_spans(a.tenant_id, a.conversation_id, a.user_id))
                                    THEN 'not_found'
                                WHEN d.user_id IS NULL AND a.text IS NULL THEN 'unchanged'
                                WHEN d.user_id IS NULL THEN 'new'
                                WHEN d.text = a.text AND d.reply_to IS NOT DISTINCT FROM a.reply_to THEN 'unchanged'
                                ELSE 'ok' END AS outcome
                      FROM unnest(tenants, people, conversations, texts, replies) WITH ORDINALITY
                           AS a (tenant_id, user_id, conversation_id, text, reply_to, ord)
                      LEFT JOIN drafts d ON d.user_id = a.user_id AND d.conversation_id = a.conversation_id) f) j;
    SELECT array_agg(o.ord::int ORDER BY o.ord) INTO places
      FROM unnest(outcomes) WITH ORDINALITY AS o (outcome, ord) WHERE o.outcome = 'ok';
    SELECT array_agg(v.user_version ORDER BY v.ord) INTO versions
      FROM (SELECT array_agg(tenants[p] ORDER BY p) AS tenants, array_agg(people[p] ORDER BY p) AS people,
                   array_agg('drafts'::text) AS lists
              FROM unnest(places) AS p) a, touch_lists(a.tenants, a.people, a.lists) v;

    DELETE FROM drafts d USING unnest(places) AS p
     WHERE texts[p] IS NULL AND d.user_id = people[p] AND d.conversation_id = conversations[p];
    INSERT INTO drafts AS d (tenant_id, user_id, conversation_id, root_id, text, reply_to, changed_at, user_version)
    SELECT tenants[place], people[place], conversations[place],
           (SELECT c.root_id FROM conversations c WHERE c.id = conversations[place]), texts[place], replies[place], moment,
           version
      FROM unnest(places, versions) AS p (place, version) WHERE texts[place] IS NOT NULL
    ON CONFLICT (conversation_id, user_id, root_id) DO UPDATE
       SET text = excluded.text, reply_to = excluded.reply_to, changed_at = excluded.changed_at,
           user_version = excluded.user_version;

    RETURN QUERY
    SELECT o.ord::int, o.outcome, p.version, moment
      FROM unnest(outcomes) WITH ORDINALITY AS o (outcome, ord)
      LEFT JOIN unnest(places, versions) AS p (place, version) ON p.place = o.ord
     ORDER BY o.ord;
END
$$;

-- Whoever loses a conversation loses his settings of it, and what he has in it and its threads; whoever gains it again
-- begins anew. What he has hidden stays hidden. Devices know it from the loss; those that were away until he gained it
-- again, from the lists, which take its version.
CREATE FUNCTION forget_personal() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    NEW.settings := '{}';
    NEW.archived_counted := NULL;
    IF OLD.conversation_id <> OLD.root_id THEN
        RETURN NEW; -- what he has in a thread goes with its root
    END IF;
    WITH no_stars AS (
        DELETE FROM stars t
         WHERE t.tenant_id = OLD.tenant_id AND t.user_id = OLD.user_id AND t.root_id = OLD.conversation_id
        RETURNING 'stars'
    ), no_drafts AS (
        DELETE FROM drafts d
         WHERE d.tenant_id = OLD.tenant_id AND d.user_id = OLD.user_id AND d.root_id = OLD.conversation_id
        RETURNING 'drafts'
    )
    INSERT INTO personal_lists AS l (tenant_id, user_id, list, user_version)
    SELECT OLD.tenant_id, OLD.user_id, gone.list, NEW.user_version
      FROM (SELECT * FROM no_drafts UNION SELECT * FROM no_stars) AS gone (list)
     ORDER BY gone.list
    ON CONFLICT (tenant_id, user_id, list) DO UPDATE SET user_version = excluded.user_version;
    RETURN NEW;
END
$$;
CREATE TRIGGER forget_personal BEFORE UPDATE OF state ON user_conversations
    FOR EACH ROW WHEN (OLD.state = 'member' AND NEW.state = 'lost') EXECUTE FUNCTION forget_personal();

-- Whose group is restored has in it what he had: his lists have changed, as they had when it was deleted. Those whom
-- bring_back tells next are locked at once, in the order of V3, because it takes versions for all of them.
CREATE FUNCTION recall_personal() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    people uuid[] := ARRAY(SELECT m.user_id FROM members m
                            WHERE m.conversation_id = NEW.conversation_id AND m.active
                              AND m.user_id > OLD.told_to AND m.user_id <= NEW.told_to);
BEGIN
    PERFORM lock_people(array_fill(NEW.tenant_id, ARRAY[cardinality(people)]), people);
    PERFORM touch_lists(array_fill(NEW.tenant_id, ARRAY[cardinality(a.people)]), a.people, a.lists)
       FROM (SELECT array_agg(l.user_id) AS people, array_agg(l.list) AS lists
               FROM (SELECT t.user_id, 'stars' AS list FROM stars t
                      WHERE t.tenant_id = NEW.tenant_id AND t.user_id = ANY (people) AND t.root_id = NEW.conversation_id
                      UNION
                     SELECT d.user_id, 'drafts' FROM drafts d
                      WHERE d.tenant_id = NEW.tenant_id AND d.user_id = ANY (people) AND d.root_id = NEW.conversation_id) l
             HAVING count(*) > 0) a;
    RETURN NULL;
END
$$;
CREATE TRIGGER recall_personal AFTER UPDATE OF told_to ON restorations FOR EACH ROW EXECUTE FUNCTION recall_personal();

-- Privacy ----------------------------------------------------------------------------------------------------------------

-- What a person lets others see and do; no row: everything.
CREATE TABLE privacy_settings (
    tenant_id        uuid    NOT NULL,
    user_id          uuid    NOT NULL,
    read_receipts    boolean NOT NULL DEFAULT true,
    last_seen        text    NOT NULL DEFAULT 'everybody' CHECK (last_seen IN ('everybody', 'contacts', 'nobody')),
    contact_requests text    NOT NULL DEFAULT 'everybody' CHECK (contact_requests IN ('everybody', 'nobody')),
    group_adds       text    NOT NULL DEFAULT 'everybody' CHECK (group_adds IN ('everybody', 'contacts', 'nobody')),
    PRIMARY KEY (tenant_id, user_id)
);

-- Those who let not everybody put them into groups, who are few.
CREATE INDEX privacy_settings_group_adds ON privacy_settings (tenant_id, user_id) WHERE group_adds <> 'everybody';

-- Null leaves one as it is. Outcomes: 'ok', 'unchanged', and the settings as they are then.
CREATE FUNCTION change_privacy(tenant uuid, person uuid, new_read_receipts boolean, new_last_seen text,
                               new_contact_requests text, new_group_adds text)
    RETURNS TABLE (outcome text, user_version bigint, read_receipts boolean, last_seen text, contact_requests text,
                   group_adds text)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    taken bigint;
BEGIN
    PERFORM lock_people(ARRAY[tenant], ARRAY[person]);
    INSERT INTO privacy_settings (tenant_id, user_id) VALUES (tenant, person) ON CONFLICT DO NOTHING;
    UPDATE privacy_settings p
       SET read_receipts = coalesce(new_read_receipts, p.read_receipts), last_seen = coalesce(new_last_seen, p.last_seen),
           contact_requests = coalesce(new_contact_requests, p.contact_requests),
           group_adds = coalesce(new_group_adds, p.group_adds)
     WHERE p.tenant_id = tenant AND p.user_id = person
       AND (p.read_receipts <> new_read_receipts OR p.last_seen <> new_last_seen
            OR p.contact_requests <> new_contact_requests OR p.group_adds <> new_group_adds);
    IF FOUND THEN
        SELECT v.user_version INTO taken FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['privacy']) v;
    END IF;
    RETURN QUERY
    SELECT CASE WHEN taken IS NULL THEN 'unchanged' ELSE 'ok' END, taken, p.read_receipts, p.last_seen,
           p.contact_requests, p.group_adds
      FROM privacy_settings p WHERE p.tenant_id = tenant AND p.user_id = person;
END
$$;

-- Whether somebody keeps to himself what he has read. Without a search path of its own, so that it becomes part of the
-- statement that calls it.
CREATE FUNCTION reads_silently(tenant uuid, person uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM parley.privacy_settings p
                    WHERE p.tenant_id = tenant AND p.user_id = person AND NOT p.read_receipts)
$$;

-- Whether the viewer is told when somebody has last read: as the read mark is for those who share what they read, and as
-- presence is for those whom he lets know when he was last there.
CREATE FUNCTION shows_reading(tenant uuid, person uuid, viewer uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT person = viewer
        OR NOT parley.reads_silently(tenant, viewer) AND NOT parley.blocked_between(tenant, person, viewer)
           AND NOT EXISTS (SELECT FROM parley.privacy_settings p
                            WHERE p.tenant_id = tenant AND p.user_id = person
                              AND (NOT p.read_receipts OR p.last_seen = 'nobody'
                                   OR p.last_seen = 'contacts' AND NOT EXISTS (
                                      SELECT FROM parley.contacts c
                                       WHERE c.tenant_id = tenant AND c.user_id = person AND c.contact_id = viewer)))
$$;

-- Whether somebody lets nobody ask him to become a contact.
CREATE FUNCTION refuses_requests(tenant uuid, person uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM parley.privacy_settings p
                    WHERE p.tenant_id = tenant AND p.user_id = person AND p.contact_requests = 'nobody')
$$;

-- Whether somebody of these people does not let the actor (null: an operator, who may) put him into a group.
CREATE FUNCTION refuses_group(tenant uuid, actor uuid, people uuid[]) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM parley.privacy_settings p
                    WHERE p.tenant_id = tenant AND p.user_id = ANY (people) AND p.group_adds <> 'everybody'
                      AND p.user_id <> actor
                      AND (p.group_adds = 'nobody' OR NOT EXISTS (
                           SELECT FROM parley.contacts c
                            WHERE c.tenant_id = tenant AND c.user_id = p.user_id AND c.contact_id = actor)))
$$;

-- Whether the actor (null: an operator) may bring all these people into a conversation, as far as it is they who decide.
-- What else people may want to have a say in belongs in here. The tenant is IS TRUE, for no index: a plan made while there
-- are few people, and kept, would else walk through all of the tenant.
CREATE FUNCTION all_addable(tenant uuid, actor uuid, people uuid[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT cardinality(people) = (SELECT count(*) FROM users u
                                   WHERE u.id = ANY (people) AND (u.tenant_id = tenant) IS TRUE AND u.status = 'active')
       AND NOT blocked_by_any(tenant, actor, people) AND NOT refuses_group(tenant, actor, people)
$$;

-- What others see as his read mark, where he has read on silently since; null: the read mark itself.
ALTER TABLE marks ADD COLUMN shown_number bigint;
