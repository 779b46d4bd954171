-- What a person may do so many times in an hour, exactly, on however many nodes and whatever becomes of them: each time is
-- noted in the transaction that does it, in a row that all who would do it lock first. The hour is the last one, not one of
-- the clock. Nothing is kept of what is not limited, and rows without a time of the last hour are deleted by a job.
CREATE TABLE hourly_uses (
    tenant_id uuid          NOT NULL,
    user_id   uuid          NOT NULL,
    kind      text          NOT NULL CHECK (kind IN ('creation', 'join')),
    used_at   timestamptz[] NOT NULL,
    PRIMARY KEY (tenant_id, user_id, kind)
);

-- Milliseconds until a person may do it once more, 0 if he may now; locks his row. Comes before the locks of pairs and of
-- counters, and nobody takes it of two persons.
CREATE FUNCTION hourly_wait(tenant uuid, person uuid, of_kind text, most int) RETURNS bigint
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    uses timestamptz[];
BEGIN
    INSERT INTO hourly_uses AS h (tenant_id, user_id, kind, used_at) VALUES (tenant, person, of_kind, '{}')
    ON CONFLICT (tenant_id, user_id, kind) DO UPDATE
       SET used_at = ARRAY(SELECT u.at FROM unnest(h.used_at) AS u (at)
                            WHERE u.at > clock_timestamp() - interval '1 hour' ORDER BY u.at)
    RETURNING h.used_at INTO uses;
    RETURN CASE WHEN cardinality(uses) < most THEN 0
        ELSE greatest(1, ceil(1000 * extract(epoch FROM
                 uses[cardinality(uses) - most + 1] + interval '1 hour' - clock_timestamp()))) END;
END
$$;

-- Notes that it was done, after hourly_wait in the same transaction.
CREATE FUNCTION note_use(tenant uuid, person uuid, of_kind text) RETURNS void
    LANGUAGE sql SET search_path = parley, pg_temp
AS $$
    UPDATE hourly_uses h SET used_at = h.used_at || clock_timestamp()
     WHERE (h.tenant_id, h.user_id, h.kind) = (tenant, person, of_kind)
$$;

-- Makes conversations, as make_conversations does, beside blocks and within limits: an item may say "perHour", which is
-- how many its creator may make in an hour. Such a one comes alone. Beyond it the outcome is 'too_often:' with the
-- milliseconds to wait, unless what is asked for is there already. Only what is made counts.
CREATE FUNCTION create_conversations(items jsonb)
    RETURNS TABLE (ord int, outcome text, id uuid, version bigint, created_at timestamptz, members jsonb)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    tenant  uuid   := (items -> 0 ->> 'tenant')::uuid;
    creator uuid   := (items -> 0 ->> 'creator')::uuid;
    wanted  uuid   := (items -> 0 ->> 'id')::uuid;
    most    int    := (items -> 0 ->> 'perHour')::int;
    wait    bigint;
BEGIN
    IF most IS NULL THEN
        RETURN QUERY SELECT * FROM create_unlimited_conversations(items);
        RETURN;
    END IF;
    ASSERT jsonb_array_length(items) = 1, 'an item with perHour comes alone';
    wait := hourly_wait(tenant, creator, 'creation', most);
    IF wait > 0
       AND NOT EXISTS (SELECT FROM conversations c WHERE c.root_id = wanted AND c.id = wanted)
       AND NOT EXISTS (SELECT FROM direct_pairs_of(items) p
                         JOIN direct_pairs d ON (d.tenant_id, d.low, d.high) = (p.tenant_id, p.low, p.high)) THEN
        ord := 1;
        outcome := 'too_often:' || wait;
        RETURN NEXT;
        RETURN;
    END IF;
    FOR ord, outcome, id, version, created_at, members IN SELECT * FROM create_unlimited_conversations(items) LOOP
        IF outcome = 'created' THEN
            PERFORM note_use(tenant, creator, 'creation');
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

-- What becomes of it when a person over his limit would come into a conversation of his own accord: 'too_often:' with the
-- milliseconds to wait, or 'unchanged' if he is in. Null: he may, as far as the limit goes, and then note_use follows.
CREATE FUNCTION join_refusal(tenant uuid, conversation uuid, person uuid, per_hour int) RETURNS text
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    wait bigint := hourly_wait(tenant, person, 'join', per_hour);
BEGIN
    RETURN CASE WHEN wait = 0 THEN NULL
        WHEN EXISTS (SELECT FROM members m
                      WHERE m.conversation_id = conversation AND m.user_id = person AND m.active) THEN 'unchanged'
        ELSE 'too_often:' || wait END;
END
$$;

-- Adds people, as the function without the last parameter does, which is into how many conversations the actor may bring
-- himself in an hour (0: any number). Beyond it the outcome is that of join_refusal.
CREATE FUNCTION add_members(tenant uuid, root uuid, conversation uuid, actor uuid, users uuid[], role text, message_id uuid,
                            max_members int, per_hour int) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    limited boolean := per_hour > 0 AND users = ARRAY[actor];
    change  conversation_change;
BEGIN
    IF limited THEN
        change.outcome := join_refusal(tenant, conversation, actor, per_hour);
    END IF;
    IF change.outcome IS NULL THEN
        SELECT * INTO change FROM add_members(tenant, root, conversation, actor, users, role, message_id, max_members);
        IF limited AND change.outcome = 'ok' THEN
            PERFORM note_use(tenant, actor, 'join');
        END IF;
    END IF;
    RETURN change;
END
$$;

-- Comes in by a link, as the function without the last parameter does, within the same limit as add_members.
CREATE FUNCTION accept_invite(tenant uuid, conversation uuid, actor uuid, hash bytea, message_id uuid, max_members int,
                              per_hour int) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    change conversation_change;
BEGIN
    IF per_hour > 0 THEN
        change.outcome := join_refusal(tenant, conversation, actor, per_hour);
    END IF;
    IF change.outcome IS NULL THEN
        SELECT * INTO change FROM accept_invite(tenant, conversation, actor, hash, message_id, max_members);
        IF per_hour > 0 AND change.outcome = 'ok' THEN
            PERFORM note_use(tenant, actor, 'join');
        END IF;
    END IF;
    RETURN change;
END
$$;
