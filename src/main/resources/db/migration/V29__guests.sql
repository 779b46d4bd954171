-- Guests see only what they were invited to: the conversations that they are members of, and of people those who are in one
-- of these with them. All others are to them as people of another tenant are. They take part as members, and have no say
-- in who is there: they make no groups, bring nobody in (see denied_to), and lead nothing.
--
-- Judged here, in the statement that reads or under the lock that writes, so that it holds on every way and from the
-- moment that somebody's kind is another. Whoever reads or names people on behalf of somebody asks `knows`.

-- Whether somebody (null: an operator) may know of this person: always, unless he is a guest. Without a search path of its
-- own, so that it becomes part of the statement that calls it; each conversation is looked up by itself, see is_guest.
CREATE FUNCTION knows(tenant uuid, viewer uuid, person uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT viewer = person OR NOT parley.is_guest(tenant, viewer) OR EXISTS (
           SELECT FROM parley.user_conversations u
            CROSS JOIN LATERAL (
                  SELECT FROM parley.members m
                   WHERE m.conversation_id = u.conversation_id AND m.user_id = person AND m.active LIMIT 1) m
            WHERE u.tenant_id = tenant AND u.user_id = viewer AND u.state = 'member' AND u.type <> 'thread'
              AND (SELECT k.send_rank FROM parley.conversation_counters k WHERE k.id = u.conversation_id) <> 4)
$$;

CREATE FUNCTION knows_all(tenant uuid, viewer uuid, people uuid[]) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT NOT parley.is_guest(tenant, viewer) OR NOT EXISTS (
           SELECT FROM unnest(people) AS p (person) WHERE NOT parley.knows(tenant, viewer, p.person))
$$;

-- Those whom a guest knows, in one list: at most 1,000, those of his smallest conversations first, for many guests may be
-- in one very large conversation and look at once. Null: he is no guest, and knows everybody.
CREATE FUNCTION acquaintances(tenant uuid, viewer uuid) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp SET enable_hashjoin = off
    SET enable_mergejoin = off
AS $$
BEGIN
    IF NOT is_guest(tenant, viewer) THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY(
        SELECT met.user_id
          FROM (SELECT m.user_id, room.place
                  FROM (SELECT c.id, row_number() OVER (ORDER BY c.member_count, c.id) AS place
                          FROM user_conversations u
                         CROSS JOIN LATERAL (SELECT s.* FROM conversations s WHERE s.id = u.conversation_id) c
                         WHERE u.tenant_id = tenant AND u.user_id = viewer AND u.state = 'member' AND u.type <> 'thread'
                           AND c.status = 'active'
                         ORDER BY place) room
                 CROSS JOIN LATERAL (
                       SELECT o.user_id FROM members o
                        WHERE o.conversation_id = room.id AND o.active ORDER BY o.user_id LIMIT 1000) m
                 LIMIT 10000) met
         GROUP BY met.user_id ORDER BY min(met.place), met.user_id LIMIT 1000);
END
$$;

-- Whether all these people can be owners or admins: none is a guest, nor becomes one before this transaction ends.
CREATE FUNCTION fit_to_lead(tenant uuid, people uuid[]) RETURNS boolean
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    PERFORM FROM users u WHERE u.id = ANY (people) AND (u.tenant_id = tenant) IS TRUE ORDER BY u.id FOR SHARE;
    RETURN NOT EXISTS (SELECT FROM unnest(people) AS p (person) WHERE is_guest(tenant, p.person));
END
$$;

-- Makes a user a guest, or a guest a user. A personal change: his devices read his account anew. Outcomes: 'ok',
-- 'unchanged', 'not_found', 'bot' (which stays one), 'leading' (he is a platform admin, or owner or admin of a group, be it a
-- deleted one that can be restored: that must be taken from him before).
CREATE FUNCTION set_account_kind(person uuid, new_kind text)
    RETURNS TABLE (outcome text, tenant uuid, user_version bigint, status text)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    old users;
BEGIN
    SELECT * INTO old FROM users u WHERE u.id = person AND u.status <> 'deleted' FOR NO KEY UPDATE;
    tenant := old.tenant_id;
    status := old.status;
    outcome := CASE
        WHEN old.id IS NULL THEN 'not_found'
        WHEN old.kind = new_kind THEN 'unchanged'
        WHEN old.kind = 'bot' THEN 'bot'
        WHEN new_kind = 'guest' AND (old.role <> 'user' OR EXISTS (
             SELECT FROM user_conversations c
              CROSS JOIN LATERAL (
                    SELECT FROM members m
                     WHERE m.conversation_id = c.conversation_id AND m.user_id = person AND m.active
                       AND m.role <> 'member' LIMIT 1) m
              WHERE c.tenant_id = old.tenant_id AND c.user_id = person AND c.state = 'member')) THEN 'leading'
        ELSE 'ok' END;
    IF outcome = 'ok' THEN
        UPDATE users u SET kind = new_kind WHERE u.id = person;
        SELECT v.user_version INTO user_version
          FROM touch_lists(ARRAY[old.tenant_id], ARRAY[person], ARRAY['account']) v;
    END IF;
    RETURN NEXT;
END
$$;
