-- Contacts, what people ask of each other to become contacts, blocks, and being found by a number or an address.
--
-- Whatever two people do about each other waits for one lock of the pair, taken before all others: so two requests that
-- cross end as one after the other would, and no direct conversation comes into being beside a block. The functions
-- then go on in the order of V3: the counter of the direct conversation, what is judged and written, versions of
-- persons.

-- Two rows for two people who are contacts, so that each finds his own.
CREATE TABLE contacts (
    tenant_id  uuid        NOT NULL,
    user_id    uuid        NOT NULL,
    contact_id uuid        NOT NULL,
    since      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, contact_id)
);

-- One that is over stays until it may be made again; `again_at` is null as long as it waits for an answer.
CREATE TABLE contact_requests (
    tenant_id uuid        NOT NULL,
    from_id   uuid        NOT NULL,
    to_id     uuid        NOT NULL,
    message   text,
    asked_at  timestamptz NOT NULL,
    again_at  timestamptz,
    PRIMARY KEY (tenant_id, from_id, to_id)
);
CREATE INDEX contact_requests_incoming ON contact_requests (tenant_id, to_id, from_id) WHERE again_at IS NULL;
CREATE INDEX contact_requests_over ON contact_requests (again_at) WHERE again_at IS NOT NULL;

CREATE TABLE blocks (
    tenant_id  uuid        NOT NULL,
    blocker_id uuid        NOT NULL,
    blocked_id uuid        NOT NULL,
    since      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, blocker_id, blocked_id)
);
CREATE INDEX blocks_blocked ON blocks (tenant_id, blocked_id, blocker_id); -- who hides from him

-- Whether the first has blocked the second: one look-up. Without a search path of its own, so that it becomes part of
-- the statement that calls it.
CREATE FUNCTION blocked_between(tenant uuid, blocker uuid, person uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM parley.blocks b
                    WHERE b.tenant_id = tenant AND b.blocker_id = blocker AND b.blocked_id = person)
$$;

-- Whether somebody of these people has blocked the person (null: an operator, whom nobody blocks). One range of an
-- index, in which most have nothing.
CREATE FUNCTION blocked_by_any(tenant uuid, person uuid, people uuid[]) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM parley.blocks b
                    WHERE b.tenant_id = tenant AND b.blocked_id = person AND b.blocker_id = ANY (people))
$$;

-- Taken by everything that two people do about each other, in whichever direction. Whoever needs several takes them in
-- the order of the pairs.
CREATE FUNCTION lock_pair(tenant uuid, one uuid, other uuid) RETURNS void
    LANGUAGE sql
AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(tenant::text || least(one, other) || greatest(one, other), 16))
$$;

-- What became of something that `actor` did about `person`. `events` are the changes of lists that devices are told of,
-- with the version that each took: [{"person","userVersion","type","user","direction"?,"message"?,"at"?}…]; `wait_ms`
-- says when it may be tried again; `conversation` is the direct one of the two, where it concerns that, too.
CREATE TYPE contact_outcome AS (
    outcome      text,
    events       jsonb,
    wait_ms      bigint,
    conversation uuid
);

-- The events of a request, for the one who made it and the one who got it.
CREATE FUNCTION request_events(type text, sender uuid, receiver uuid, message text, moment timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_array(
        jsonb_build_object('person', sender, 'type', type, 'user', receiver, 'direction', 'outgoing',
                           'message', message, 'at', iso_time(moment)),
        jsonb_build_object('person', receiver, 'type', type, 'user', sender, 'direction', 'incoming',
                           'message', message, 'at', iso_time(moment))))
$$;

-- The events of two people who are contacts now, or not any more.
CREATE FUNCTION contact_events(type text, one uuid, other uuid, moment timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT jsonb_build_array(
        jsonb_build_object('person', one, 'type', type, 'user', other, 'at', iso_time(moment)),
        jsonb_build_object('person', other, 'type', type, 'user', one, 'at', iso_time(moment)))
$$;

-- Takes a version for each event, of the list that its type names. The last step.
CREATE FUNCTION number_events(tenant uuid, events jsonb) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    people uuid[];
    lists  text[];
BEGIN
    SELECT array_agg((event ->> 'person')::uuid ORDER BY ord),
           array_agg(split_part(event ->> 'type', '.', 1) || 's' ORDER BY ord)
      INTO people, lists
      FROM jsonb_array_elements(events) WITH ORDINALITY AS e (event, ord);
    RETURN (SELECT jsonb_agg(event || jsonb_build_object('userVersion', v.user_version) ORDER BY e.ord)
              FROM jsonb_array_elements(events) WITH ORDINALITY AS e (event, ord)
              JOIN touch_lists(array_fill(tenant, ARRAY[cardinality(people)]), people, lists) v ON v.ord = e.ord);
END
$$;

-- Makes two people contacts, which answers whatever one has asked the other. The pair is locked.
CREATE FUNCTION make_contacts(tenant uuid, sender uuid, receiver uuid, moment timestamptz) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    DELETE FROM contact_requests r
     WHERE r.tenant_id = tenant
       AND (r.from_id = sender AND r.to_id = receiver OR r.from_id = receiver AND r.to_id = sender);
    INSERT INTO contacts (tenant_id, user_id, contact_id, since)
    VALUES (tenant, sender, receiver, moment), (tenant, receiver, sender, moment);
    RETURN number_events(tenant, request_events('contactRequest.removed', sender, receiver, NULL, moment)
                                 || contact_events('contact.added', sender, receiver, moment));
END
$$;

-- Asks somebody to become a contact. Outcomes:
--   'new'        asked
--   'requested'  asked before, and not answered yet
--   'accepted'   he has asked already: they are contacts now
--   'contact'    they are contacts
--   'too_early'  an earlier request is over, and may not be repeated yet
--   'too_many'   as many of his as are allowed wait for an answer
--   'blocked'    the actor has blocked him
--   'refused'    he lets nobody ask him (see V23), or is a guest who does not know the actor (see V29)
--   'not_found'  unknown or not active; and he who has blocked the actor, or whom a guest does not know, is like that
--                to him
CREATE FUNCTION request_contact(tenant uuid, actor uuid, person uuid, message text, most_waiting int)
    RETURNS contact_outcome
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    result  contact_outcome;
    moment  timestamptz;
    earlier contact_requests;
BEGIN
    PERFORM lock_pair(tenant, actor, person);
    PERFORM pg_advisory_xact_lock(hashtextextended('contact requests ' || actor, 0)); -- they are counted
    moment := date_trunc('milliseconds', clock_timestamp());
    SELECT * INTO earlier FROM contact_requests r
     WHERE r.tenant_id = tenant AND r.from_id = actor AND r.to_id = person;
    result.outcome := CASE
        WHEN NOT EXISTS (SELECT FROM users u WHERE u.tenant_id = tenant AND u.id = person AND u.status = 'active')
             OR blocked_between(tenant, person, actor) OR NOT knows(tenant, actor, person) THEN 'not_found'
        WHEN blocked_between(tenant, actor, person) THEN 'blocked'
        WHEN EXISTS (SELECT FROM contacts c
                      WHERE c.tenant_id = tenant AND c.user_id = actor AND c.contact_id = person) THEN 'contact'
        WHEN EXISTS (SELECT FROM contact_requests r
                      WHERE r.tenant_id = tenant AND r.from_id = person AND r.to_id = actor
                        AND r.again_at IS NULL) THEN 'accepted'
        WHEN earlier.from_id IS NOT NULL AND earlier.again_at IS NULL THEN 'requested'
        WHEN refuses_requests(tenant, person) OR NOT knows(tenant, person, actor) THEN 'refused'
        WHEN earlier.again_at > moment THEN 'too_early'
        WHEN most_waiting <= (SELECT count(*) FROM contact_requests r
                               WHERE r.tenant_id = tenant AND r.from_id = actor AND r.again_at IS NULL) THEN 'too_many'
        ELSE 'new' END;
    IF result.outcome = 'accepted' THEN
        result.events := make_contacts(tenant, person, actor, moment);
    ELSIF result.outcome = 'new' THEN
        INSERT INTO contact_requests AS r (tenant_id, from_id, to_id, message, asked_at)
        VALUES (tenant, actor, person, message, moment)
        ON CONFLICT (tenant_id, from_id, to_id) DO UPDATE
           SET message = excluded.message, asked_at = excluded.asked_at, again_at = NULL;
        result.events := number_events(tenant, request_events('contactRequest.added', actor, person, message, moment));
    ELSIF result.outcome = 'too_early' THEN
        result.wait_ms := ceil(extract(epoch FROM earlier.again_at - moment) * 1000);
    END IF;
    RETURN result;
END
$$;

-- Says yes to what `person` has asked. Outcomes: 'ok', 'unchanged' (they are contacts), 'not_found' (he has not asked,
-- or a guest does not know him any more).
CREATE FUNCTION accept_contact(tenant uuid, actor uuid, person uuid) RETURNS contact_outcome
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    result contact_outcome;
BEGIN
    PERFORM lock_pair(tenant, actor, person);
    result.outcome := CASE
        WHEN EXISTS (SELECT FROM contacts c
                      WHERE c.tenant_id = tenant AND c.user_id = actor AND c.contact_id = person) THEN 'unchanged'
        WHEN EXISTS (SELECT FROM contact_requests r
                      WHERE r.tenant_id = tenant AND r.from_id = person AND r.to_id = actor
                        AND r.again_at IS NULL) AND knows(tenant, actor, person) THEN 'ok'
        ELSE 'not_found' END;
    IF result.outcome = 'ok' THEN
        result.events := make_contacts(tenant, person, actor, date_trunc('milliseconds', clock_timestamp()));
    END IF;
    RETURN result;
END
$$;

-- Ends a request without an answer or with a no, which of them is told to nobody; it may be made again after so many
-- seconds. Outcomes: 'ok', 'unchanged' (there is none).
CREATE FUNCTION end_request(tenant uuid, sender uuid, receiver uuid, wait_seconds int) RETURNS contact_outcome
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    result contact_outcome;
    moment timestamptz;
BEGIN
    PERFORM lock_pair(tenant, sender, receiver);
    moment := date_trunc('milliseconds', clock_timestamp());
    UPDATE contact_requests r SET again_at = moment + make_interval(secs => wait_seconds), message = NULL
     WHERE r.tenant_id = tenant AND r.from_id = sender AND r.to_id = receiver AND r.again_at IS NULL;
    result.outcome := CASE WHEN FOUND THEN 'ok' ELSE 'unchanged' END;
    IF result.outcome = 'ok' THEN
        result.events := number_events(tenant,
            request_events('contactRequest.removed', sender, receiver, NULL, moment));
    END IF;
    RETURN result;
END
$$;

-- Outcomes: 'ok', 'unchanged' (they are no contacts).
CREATE FUNCTION remove_contact(tenant uuid, actor uuid, person uuid) RETURNS contact_outcome
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    result contact_outcome;
BEGIN
    PERFORM lock_pair(tenant, actor, person);
    DELETE FROM contacts c
     WHERE c.tenant_id = tenant
       AND (c.user_id = actor AND c.contact_id = person OR c.user_id = person AND c.contact_id = actor);
    result.outcome := CASE WHEN FOUND THEN 'ok' ELSE 'unchanged' END;
    IF result.outcome = 'ok' THEN
        result.events := number_events(tenant, contact_events('contact.removed', actor, person, clock_timestamp()));
    END IF;
    RETURN result;
END
$$;

-- Says until when somebody may not send in his direct conversation with another (null: he may), under the lock that
-- sends wait for. Answers the conversation; null when they have none.
CREATE FUNCTION silence_in_direct(tenant uuid, person uuid, other uuid, until timestamptz) RETURNS uuid
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    conversation uuid := (SELECT d.conversation_id FROM direct_pairs d
                           WHERE d.tenant_id = tenant AND d.low = least(person, other)
                             AND d.high = greatest(person, other));
BEGIN
    PERFORM FROM conversation_counters k WHERE k.id = conversation AND k.root_id = conversation FOR NO KEY UPDATE;
    -- Whoever sends to a thread locks that alone, and follows it; to follow one he would need the root now.
    PERFORM FROM conversation_counters k
      WHERE k.root_id = conversation
        AND k.id IN (SELECT u.conversation_id FROM user_conversations u
                      WHERE u.tenant_id = tenant AND u.user_id = person AND u.root_id = conversation
                        AND u.type = 'thread' AND u.state = 'member')
      ORDER BY k.id FOR NO KEY UPDATE;
    UPDATE members m SET silenced_until = until
     WHERE m.conversation_id = conversation AND m.user_id = person AND m.root_id = conversation;
    RETURN conversation;
END
$$;

-- Blocks somebody: they are no contacts any more, nothing is asked between them, and he may not send in their direct
-- conversation. He is told of what he loses, but of no block. Outcomes: 'ok', 'unchanged', 'not_found' (unknown, also
-- to a guest).
CREATE FUNCTION block_person(tenant uuid, actor uuid, person uuid) RETURNS contact_outcome
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    result  contact_outcome;
    moment  timestamptz;
    events  jsonb;
    pending contact_requests;
BEGIN
    PERFORM lock_pair(tenant, actor, person);
    result.outcome := CASE
        WHEN NOT EXISTS (SELECT FROM users u WHERE u.tenant_id = tenant AND u.id = person)
             OR NOT knows(tenant, actor, person) THEN 'not_found'
        WHEN blocked_between(tenant, actor, person) THEN 'unchanged'
        ELSE 'ok' END;
    IF result.outcome <> 'ok' THEN
        RETURN result;
    END IF;
    result.conversation := silence_in_direct(tenant, person, actor, 'infinity');
    moment := date_trunc('milliseconds', clock_timestamp());

    INSERT INTO blocks (tenant_id, blocker_id, blocked_id, since) VALUES (tenant, actor, person, moment);
    events := jsonb_build_array(
        jsonb_build_object('person', actor, 'type', 'block.added', 'user', person, 'at', iso_time(moment)));
    DELETE FROM contacts c
     WHERE c.tenant_id = tenant
       AND (c.user_id = actor AND c.contact_id = person OR c.user_id = person AND c.contact_id = actor);
    IF FOUND THEN
        events := events || contact_events('contact.removed', actor, person, moment);
    END IF;
    -- At most one waits: whoever is asked and asks himself has accepted.
    DELETE FROM contact_requests r
     WHERE r.tenant_id = tenant AND r.again_at IS NULL
       AND (r.from_id = actor AND r.to_id = person OR r.from_id = person AND r.to_id = actor)
    RETURNING * INTO pending;
    IF FOUND THEN
        events := events || request_events('contactRequest.removed', pending.from_id, pending.to_id, NULL, moment);
    END IF;
    result.events := number_events(tenant, events);
    RETURN result;
END
$$;

-- Takes a block back; what it has removed stays so. Outcomes: 'ok', 'unchanged' (there is none).
CREATE FUNCTION unblock_person(tenant uuid, actor uuid, person uuid) RETURNS contact_outcome
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    result contact_outcome;
BEGIN
    PERFORM lock_pair(tenant, actor, person);
    IF NOT blocked_between(tenant, actor, person) THEN
        result.outcome := 'unchanged';
        RETURN result;
    END IF;
    result.outcome := 'ok';
    result.conversation := silence_in_direct(tenant, person, actor, NULL);
    DELETE FROM blocks b WHERE b.tenant_id = tenant AND b.blocker_id = actor AND b.blocked_id = person;
    result.events := number_events(tenant, jsonb_build_array(
        jsonb_build_object('person', actor, 'type', 'block.removed', 'user', person)));
    RETURN result;
END
$$;

-- The pairs of the direct conversations among the items of create_conversations, in their order.
CREATE FUNCTION direct_pairs_of(items jsonb) RETURNS TABLE (tenant_id uuid, low uuid, high uuid)
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT DISTINCT (item ->> 'tenant')::uuid, p.low, p.high
      FROM jsonb_array_elements(items) AS i (item)
     CROSS JOIN LATERAL (
           SELECT min(person COLLATE "C")::uuid AS low, max(person COLLATE "C")::uuid AS high
             FROM (SELECT item ->> 'creator'
                   UNION ALL SELECT jsonb_array_elements_text(item -> 'members')) x (person)) p
     WHERE item ->> 'type' = 'direct'
     ORDER BY 1, 2, 3
$$;

-- Makes conversations, as make_conversations does, beside blocks: of the two of a direct conversation nobody blocks the
-- other meanwhile, and whoever is blocked already may not send in it from the beginning.
CREATE FUNCTION create_unlimited_conversations(items jsonb)
    RETURNS TABLE (ord int, outcome text, id uuid, version bigint, created_at timestamptz, members jsonb)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    pair record;
BEGIN
    FOR pair IN SELECT * FROM direct_pairs_of(items) LOOP
        PERFORM lock_pair(pair.tenant_id, pair.low, pair.high);
    END LOOP;
    RETURN QUERY SELECT * FROM make_conversations(items);
    FOR pair IN SELECT * FROM direct_pairs_of(items) LOOP
        IF blocked_between(pair.tenant_id, pair.low, pair.high) THEN
            PERFORM silence_in_direct(pair.tenant_id, pair.high, pair.low, 'infinity');
        END IF;
        IF blocked_between(pair.tenant_id, pair.high, pair.low) THEN
            PERFORM silence_in_direct(pair.tenant_id, pair.low, pair.high, 'infinity');
        END IF;
    END LOOP;
END
$$;

-- Being found. A phone number is entered for nothing else, so whoever enters one is found by it unless he says no; a
-- mail address is asked for when registering, so nobody is found by his unless he says yes.
ALTER TABLE users
    ADD COLUMN phone                 text, -- E.164; nobody has proved that it is his
    ADD COLUMN discoverable_by_phone boolean NOT NULL DEFAULT true,
    ADD COLUMN discoverable_by_email boolean NOT NULL DEFAULT false;
CREATE INDEX users_discoverable ON users (tenant_id, id)
    WHERE phone IS NOT NULL AND discoverable_by_phone OR email_folded IS NOT NULL AND discoverable_by_email;

-- What clients hash with. Published as soon as the hashes of all people are there; the one before is taken for a while
-- longer. `filled_to`: of people up to this id they are.
CREATE TABLE discovery_salts (
    tenant_id    uuid        NOT NULL,
    id           uuid        NOT NULL DEFAULT gen_random_uuid(),
    salt         bytea       NOT NULL DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
    made_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    filled_to    uuid        NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    published_at timestamptz,
    expires_at   timestamptz, -- null as long as there is no newer one
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE discovery_hashes (
    tenant_id uuid  NOT NULL,
    salt_id   uuid  NOT NULL,
    hash      bytea NOT NULL,
    user_id   uuid  NOT NULL,
    PRIMARY KEY (tenant_id, salt_id, hash, user_id)
);

-- How many hashes somebody may still ask for; so many a day come back, up to as many.
CREATE TABLE discovery_quotas (
    tenant_id   uuid             NOT NULL,
    user_id     uuid             NOT NULL,
    hashes_left double precision NOT NULL,
    counted_at  timestamptz      NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) WITH (fillfactor = 50);

-- By what somebody wants to be found, as clients write it before they hash it.
CREATE FUNCTION discovery_values(person users) RETURNS SETOF text
    LANGUAGE sql STABLE
AS $$
    SELECT 'phone:' || person.phone WHERE person.discoverable_by_phone AND person.phone IS NOT NULL
    UNION ALL
    SELECT 'email:' || person.email_folded WHERE person.discoverable_by_email AND person.email_folded IS NOT NULL
$$;

CREATE FUNCTION discovery_hash(salt bytea, value text) RETURNS bytea
    LANGUAGE sql STABLE
AS $$
    SELECT sha256(salt || convert_to(value, 'UTF8'))
$$;

-- Keeps the hashes the same as what people want to be found by, whoever writes that; also those of a salt that is only
-- being filled.
CREATE FUNCTION follow_discovery() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM discovery_hashes h
         USING discovery_salts s, discovery_values(OLD) AS v (value)
         WHERE s.tenant_id = OLD.tenant_id AND h.tenant_id = s.tenant_id AND h.salt_id = s.id
           AND h.hash = discovery_hash(s.salt, v.value) AND h.user_id = OLD.id;
    END IF;
    INSERT INTO discovery_hashes (tenant_id, salt_id, hash, user_id)
    SELECT s.tenant_id, s.id, discovery_hash(s.salt, v.value), NEW.id
      FROM discovery_salts s, discovery_values(NEW) AS v (value)
     WHERE s.tenant_id = NEW.tenant_id AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER follow_discovery_of_new AFTER INSERT ON users FOR EACH ROW
    WHEN (NEW.phone IS NOT NULL OR NEW.discoverable_by_email) EXECUTE FUNCTION follow_discovery();
CREATE TRIGGER follow_discovery
    AFTER UPDATE OF phone, email_folded, discoverable_by_phone, discoverable_by_email ON users FOR EACH ROW
    WHEN ((OLD.phone, OLD.email_folded, OLD.discoverable_by_phone, OLD.discoverable_by_email)
          IS DISTINCT FROM (NEW.phone, NEW.email_folded, NEW.discoverable_by_phone, NEW.discoverable_by_email))
    EXECUTE FUNCTION follow_discovery();

-- The first salt of a tenant. Nobody is in it yet, or wants to be found.
CREATE FUNCTION first_discovery_salt() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    INSERT INTO discovery_salts (tenant_id, published_at) VALUES (NEW.id, clock_timestamp());
    RETURN NULL;
END
$$;
CREATE TRIGGER first_discovery_salt AFTER INSERT ON tenants FOR EACH ROW EXECUTE FUNCTION first_discovery_salt();
INSERT INTO discovery_salts (tenant_id, published_at) SELECT id, clock_timestamp() FROM tenants;

-- One step of what time does to salts; answers whether there is more to do. Salts live so many hours until a new one is
-- made, and are taken for so many hours longer. Hashes are made and dropped `batch` people at a time.
--
-- A new salt waits a minute before it is filled: then every transaction that could not see it, and so has left it
-- without somebody's hash, has ended, and its people are seen here. Those whose rows are being written meanwhile are
-- waited for: what is hashed is what they become.
CREATE FUNCTION tend_discovery(life_hours int, grace_hours int, batch int) RETURNS boolean
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    young   discovery_salts;
    old     discovery_salts;
    filled  uuid;
    people  bigint;
    removed bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('discovery', 16));
    INSERT INTO discovery_salts (tenant_id)
    SELECT t.id FROM tenants t
     WHERE NOT EXISTS (SELECT FROM discovery_salts s
                        WHERE s.tenant_id = t.id
                          AND s.made_at > clock_timestamp() - make_interval(hours => life_hours));

    SELECT * INTO young FROM discovery_salts s
     WHERE s.published_at IS NULL AND s.made_at < clock_timestamp() - interval '1 minute' LIMIT 1;
    IF FOUND THEN
        WITH next AS MATERIALIZED (
            SELECT u AS person, u.id FROM users u
             WHERE u.tenant_id = young.tenant_id AND u.id > young.filled_to
               AND (u.phone IS NOT NULL AND u.discoverable_by_phone
                    OR u.email_folded IS NOT NULL AND u.discoverable_by_email)
             ORDER BY u.id LIMIT batch FOR SHARE
        ), hashed AS (
            INSERT INTO discovery_hashes (tenant_id, salt_id, hash, user_id)
            SELECT young.tenant_id, young.id, discovery_hash(young.salt, v.value), next.id
              FROM next, discovery_values(next.person) AS v (value)
            ON CONFLICT DO NOTHING
        )
        SELECT count(*), max(id::text)::uuid INTO people, filled FROM next;
        UPDATE discovery_salts s SET filled_to = coalesce(filled, s.filled_to),
                                     published_at = CASE WHEN people < batch THEN clock_timestamp() END
         WHERE s.tenant_id = young.tenant_id AND s.id = young.id;
        IF people < batch THEN
            UPDATE discovery_salts s SET expires_at = clock_timestamp() + make_interval(hours => grace_hours)
             WHERE s.tenant_id = young.tenant_id AND s.id <> young.id AND s.published_at IS NOT NULL
               AND s.expires_at IS NULL;
        END IF;
        RETURN true;
    END IF;

    -- A minute more for those who still saw it alive.
    SELECT * INTO old FROM discovery_salts s WHERE s.expires_at < clock_timestamp() - interval '1 minute' LIMIT 1;
    IF FOUND THEN
        DELETE FROM discovery_hashes h
         WHERE h.tenant_id = old.tenant_id AND h.salt_id = old.id
           AND h.hash <= (SELECT d.hash FROM (SELECT d.hash FROM discovery_hashes d
                                               WHERE d.tenant_id = old.tenant_id AND d.salt_id = old.id
                                               ORDER BY d.hash LIMIT batch) d ORDER BY d.hash DESC LIMIT 1);
        GET DIAGNOSTICS removed = ROW_COUNT;
        IF removed = 0 THEN
            DELETE FROM discovery_salts s WHERE s.tenant_id = old.tenant_id AND s.id = old.id;
        END IF;
        RETURN true;
    END IF;
    RETURN false;
END
$$;

-- Who of those with these hashes wants to be found, as far as `person` may be told: they are active and have not
-- blocked him. Outcomes: 'ok'; 'guest' (who is told of nobody); 'expired' (the salt); 'limited', with the time after which
-- he may ask for so many.
-- `places` are those of the hashes in the question, `people` who goes with each, at most `most_each` for one hash.
--
-- The quota is exact on however many nodes he asks, because its row is locked by who takes from it.
CREATE FUNCTION discover_people(tenant uuid, person uuid, salt uuid, hashes bytea[], per_day int, most_each int)
    RETURNS TABLE (outcome text, wait_ms bigint, places int[], people uuid[])
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_variable
DECLARE
    wanted int := cardinality(hashes);
    quota  double precision;
BEGIN
    IF is_guest(tenant, person) THEN
        outcome := 'guest';
        RETURN NEXT;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM discovery_salts s
                    WHERE s.tenant_id = tenant AND s.id = salt AND s.published_at IS NOT NULL
                      AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())) THEN
        outcome := 'expired';
        RETURN NEXT;
        RETURN;
    END IF;

    INSERT INTO discovery_quotas AS q (tenant_id, user_id, hashes_left, counted_at)
    VALUES (tenant, person, per_day, clock_timestamp())
    ON CONFLICT (tenant_id, user_id) DO UPDATE
       SET hashes_left = least(per_day, q.hashes_left
                               + greatest(0, extract(epoch FROM clock_timestamp() - q.counted_at)) * per_day / 86400),
           counted_at = clock_timestamp()
    RETURNING q.hashes_left INTO quota;
    IF quota < wanted THEN
        outcome := 'limited';
        wait_ms := ceil((wanted - quota) * 86400000 / per_day);
        RETURN NEXT;
        RETURN;
    END IF;
    UPDATE discovery_quotas q SET hashes_left = quota - wanted WHERE q.tenant_id = tenant AND q.user_id = person;

    outcome := 'ok';
    SELECT array_agg(a.place::int ORDER BY a.place, f.user_id), array_agg(f.user_id ORDER BY a.place, f.user_id)
      INTO places, people
      FROM unnest(hashes) WITH ORDINALITY AS a (hash, place)
     CROSS JOIN LATERAL (
           SELECT h.user_id FROM discovery_hashes h
             JOIN users u ON u.tenant_id = h.tenant_id AND u.id = h.user_id
            WHERE h.tenant_id = tenant AND h.salt_id = salt AND h.hash = a.hash
              AND u.status = 'active' AND h.user_id <> person AND NOT blocked_between(tenant, h.user_id, person)
            ORDER BY h.user_id LIMIT most_each) f;
    RETURN NEXT;
END
$$;
