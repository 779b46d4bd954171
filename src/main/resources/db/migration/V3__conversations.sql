-- Conversations, who is in them since when, and how they are made. What changes them later is in V21__groups.sql.
--
-- The id of the root conversation is in every key: a thread lies with its parent (everything else is its own
-- root), so the tables can be distributed by that column. It stands last in the keys: mostly it equals the
-- conversation's id, which the planner cannot know; with both in front it takes any index for unique from there
-- on, and picks among them blindly. What changes with every message stands in `conversation_counters`, a narrow
-- row with free space on its page and no index on what changes, so that each update is a HOT one; that row is also
-- the lock of the conversation, and knows what a send must know of it. Membership is a list of intervals
-- [from, to) in numbers and versions, because what a person may read depends on when he was in; `members` keeps
-- the latest state of each person for quick checks, also after he left (a tombstone, so that clients that were
-- away learn of it). `user_conversations` is the same fact keyed by the person.
--
-- How every function that writes goes about it, under READ COMMITTED, one call being one transaction:
--   1. lock the counter rows in the order (root, id);
--   2. read and judge in later statements, whose snapshots are newer than the locks (a single statement that waits
--      for a lock would judge by what was before the wait);
--   3. write;
--   4. take the versions of persons, in the order (tenant, user), then write their `user_conversations`;
--   5. one row into the journal.
-- Whoever keeps to this order cannot deadlock. What goes wrong in an ordinary way is an outcome in the result,
-- never an exception. Someone who is not a member is told 'not_found'.

CREATE TABLE conversations (
    tenant_id    uuid        NOT NULL,
    root_id      uuid        NOT NULL,
    id           uuid        NOT NULL,
    type         text        NOT NULL CHECK (type IN ('direct', 'group', 'thread')), -- see V15 for threads
    name         text,
    visibility   text        NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'public')),
    history      text        NOT NULL DEFAULT 'all' CHECK (history IN ('all', 'since_join')),
    created_by   uuid,       -- null: made by an operator
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    status       text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deleted', 'purging')),
    deleted_at   timestamptz,
    version      bigint      NOT NULL DEFAULT 1, -- of the last change of name or settings
    member_count int         NOT NULL,
    PRIMARY KEY (id, root_id)
);

CREATE TABLE conversation_counters (
    tenant_id    uuid        NOT NULL,
    root_id      uuid        NOT NULL,
    id           uuid        NOT NULL,
    last_number  bigint      NOT NULL, -- messages
    last_version bigint      NOT NULL, -- changes
    last_counted bigint      NOT NULL, -- messages that count as unread
    last_at      timestamptz NOT NULL, -- of the last message, or of the creation
    -- 1 to 3: the least rank that may send, see role_rank. Nobody may: 4, it is deleted; 5, so it is set; 6, it is archived.
    send_rank    smallint    NOT NULL DEFAULT 1,
    since_join   boolean     NOT NULL DEFAULT false, -- of a root: its history begins with joining, as `conversations` says
    changed_xid  xid8        NOT NULL, -- the transaction of the last change
    PRIMARY KEY (id, root_id)
) WITH (fillfactor = 50);

-- Makes a pair of people have one direct conversation at most: it is written before the conversation, and whoever
-- loses the race takes the winner's. Notes to oneself are a pair of a person with himself.
CREATE TABLE direct_pairs (
    tenant_id       uuid NOT NULL,
    low             uuid NOT NULL,
    high            uuid NOT NULL CHECK (low <= high),
    conversation_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, low, high)
);

CREATE TABLE members (
    tenant_id       uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    role            text        NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    active          boolean     NOT NULL,
    version         bigint      NOT NULL, -- of the last change of this membership
    joined_at       timestamptz NOT NULL, -- this and what follows: of the present (or last) interval
    from_number     bigint      NOT NULL,
    from_version    bigint      NOT NULL,
    from_counted    bigint      NOT NULL, -- last_counted at joining: nothing before it is unread
    invited_by      uuid,
    PRIMARY KEY (conversation_id, user_id, root_id)
) WITH (fillfactor = 90);
-- Its condition always holds. A statement that wants the index repeats it; for all others the planner cannot take it: it
-- thinks of conversations as small, and would as soon look for one person among all the versions of a large one.
CREATE INDEX members_version ON members (conversation_id, version) WHERE version > 0;
CREATE INDEX members_left ON members (conversation_id, user_id) WHERE NOT active;
CREATE INDEX members_owners ON members (conversation_id) WHERE active AND role = 'owner';

-- from_number is the first message that belongs to the interval, from_version the version of the joining itself;
-- to_number and to_version are the first outside: the person does not see his own removal.
CREATE TABLE member_intervals (
    tenant_id       uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    from_number     bigint      NOT NULL,
    from_version    bigint      NOT NULL,
    from_at         timestamptz NOT NULL,
    to_number       bigint,
    to_version      bigint,
    to_at           timestamptz,
    PRIMARY KEY (conversation_id, user_id, from_version, root_id)
);

CREATE TABLE user_conversations (
    tenant_id       uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    type            text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('member', 'lost')),
    user_version    bigint      NOT NULL, -- of the last personal change here, a read mark included
    gained_at       timestamptz NOT NULL,
    lost_at         timestamptz,
    PRIMARY KEY (tenant_id, user_id, conversation_id)
) WITH (fillfactor = 80);
CREATE INDEX user_conversations_version ON user_conversations (tenant_id, user_id, user_version)
    WHERE user_version > 0; -- as of members_version

-- What became of a change of members or settings. `members` are those concerned, with their memberships as clients are
-- told them (see member_view): [{"user","userVersion"?,"view"?}…]; `last_number` is that of the last message before it;
-- `message_number` to `message_content` describe the system message that announces it, where there is one. `event` is
-- the type of the event that tells of it, `changed` are the settings that are different now, with their new values.
CREATE TYPE conversation_change AS (
    outcome         text,
    version         bigint,
    changed_at      timestamptz,
    members         jsonb,
    member_count    int,
    last_number     bigint,
    message_number  bigint,
    message_version bigint,
    message_content text,
    event           text,
    changed         jsonb
);

CREATE FUNCTION role_rank(role text) RETURNS int LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE role WHEN 'owner' THEN 3 WHEN 'admin' THEN 2 WHEN 'member' THEN 1 END $$;

-- Takes a version for each personal change given, in that order: several for one person follow each other. Locks
-- the persons' counter rows in the order of their keys. Hash joins are on because its callers have them off: without,
-- the versions of n changes are joined by n times n comparisons.
CREATE FUNCTION take_user_versions(tenants uuid[], users uuid[]) RETURNS TABLE (ord int, user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = on SET enable_mergejoin = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH changes AS (
        SELECT *, row_number() OVER (PARTITION BY tenant_id, user_id ORDER BY place) AS nth
          FROM unnest(tenants, users) WITH ORDINALITY AS u (tenant_id, user_id, place)
    ), taken AS (
        INSERT INTO user_counters AS k (tenant_id, user_id, user_version)
        SELECT tenant_id, user_id, count(*) FROM changes GROUP BY tenant_id, user_id ORDER BY tenant_id, user_id
        ON CONFLICT (tenant_id, user_id) DO UPDATE SET user_version = k.user_version + excluded.user_version
        RETURNING k.tenant_id, k.user_id, k.user_version
    )
    SELECT c.place::int, t.user_version - max(c.nth) OVER (PARTITION BY c.tenant_id, c.user_id) + c.nth
      FROM changes c JOIN taken t USING (tenant_id, user_id)
     ORDER BY c.place;
END
$$;

-- Reads the items of make_conversations. `people` begins with the owner, without repetition; `nth` counts items
-- with the same id in one call; `low` and `high` are a direct conversation's pair; `fit` says whether it can be made:
-- the people exist and are active, and there are enough of them and, in a direct conversation, not too many.
-- Somebody who has blocked the creator (V16), or does not let him put him into a group (V23), or whom a guest does not
-- know (V29), is to him like one who is not active.
--
-- Each person is looked up by himself and by his id; his tenant is compared afterwards, in a form that no index
-- serves. A join would read all people of the tenant for each conversation, or, as long as the planner does not know
-- how many they are, for each of its people.
CREATE FUNCTION conversation_items(items jsonb)
    RETURNS TABLE (ord int, tenant_id uuid, id uuid, type text, name text, visibility text, history text,
                   creator uuid, people uuid[], low uuid, high uuid, nth bigint, fit boolean)
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT i.ord::int, i.tenant_id, i.id, i.type, i.name, i.visibility, i.history, i.creator, p.people, p.low, p.high,
           row_number() OVER (PARTITION BY i.id ORDER BY i.ord),
           p.active AND CASE i.type WHEN 'direct' THEN cardinality(p.people) <= 2 WHEN 'group' THEN true ELSE false END
           AND NOT blocked_by_any(i.tenant_id, i.creator, p.people) AND knows_all(i.tenant_id, i.creator, p.people)
           AND NOT (i.type = 'group' AND refuses_group(i.tenant_id, i.creator, p.people))
      FROM (SELECT ord, (item ->> 'tenant')::uuid AS tenant_id, (item ->> 'id')::uuid AS id, item ->> 'type' AS type,
                   item ->> 'name' AS name, coalesce(item ->> 'visibility', 'private') AS visibility,
                   coalesce(item ->> 'history', 'all') AS history, (item ->> 'creator')::uuid AS creator,
                   item -> 'members' AS members
              FROM jsonb_array_elements(items) WITH ORDINALITY AS e (item, ord)) i
      CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(d.person ORDER BY d.place), '{}') AS people,
                   min(d.person::text COLLATE "C")::uuid AS low, max(d.person::text COLLATE "C")::uuid AS high,
                   coalesce(bool_and((SELECT u.status FROM users u
                                       WHERE u.id = d.person AND (u.tenant_id = i.tenant_id) IS TRUE)
                                     IS NOT DISTINCT FROM 'active'), false) AS active
              FROM (SELECT person, min(place) AS place
                      FROM (SELECT i.creator AS person, 0 AS place WHERE i.creator IS NOT NULL
                            UNION ALL
                            SELECT member::uuid, place
                              FROM jsonb_array_elements_text(i.members) WITH ORDINALITY AS m (member, place)) named
                     GROUP BY person) d) p;
END
$$;

-- Makes conversations, at most 1,000 in a call: items are
--   {"tenant","id","type","name"?,"visibility"?,"history"?,"creator":id|null,"members":[id…]}
-- The creator is a member and the owner; without one (an operator) the first member of a group owns it. The
-- id is looked at first: one that the same creator has used for the same type 'exists', any other use is
-- a 'conflict'. A direct conversation of a pair that has one 'exists' too, under its own id. 'not_found': a person
-- is unknown or not active (or the item makes no sense), and nothing of that item is written.
-- `members` says who gained the conversation: [{"user","role","userVersion"}…], for 'created' only.
--
-- The innermost of three: create_unlimited_conversations (V16) sees to blocks and calls it, create_conversations (V28)
-- sees to limits and calls that. Everybody else calls create_conversations.
CREATE FUNCTION make_conversations(items jsonb)
    RETURNS TABLE (ord int, outcome text, id uuid, version bigint, created_at timestamptz, members jsonb)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    made_at timestamptz := date_trunc('milliseconds', clock_timestamp());
    paired  uuid[]; -- the ids under which this call wrote a pair
    made    uuid[]; -- the ids of the conversations it wrote
    gained  record;
BEGIN
    WITH written AS (
        INSERT INTO direct_pairs (tenant_id, low, high, conversation_id)
        SELECT DISTINCT ON (i.tenant_id, i.low, i.high) i.tenant_id, i.low, i.high, i.id
          FROM conversation_items(items) i
         WHERE i.type = 'direct' AND i.fit AND i.nth = 1
           AND NOT EXISTS (SELECT FROM conversations c WHERE c.root_id = i.id AND c.id = i.id)
         ORDER BY i.tenant_id, i.low, i.high, i.ord
        ON CONFLICT DO NOTHING
        RETURNING conversation_id)
    SELECT coalesce(array_agg(conversation_id), '{}') INTO paired FROM written;

    WITH written AS (
        INSERT INTO conversations (tenant_id, root_id, id, type, name, visibility, history, created_by, created_at,
                                   updated_at, member_count)
        SELECT i.tenant_id, i.id, i.id, i.type, i.name, i.visibility, i.history, i.creator, made_at, made_at,
               cardinality(i.people)
          FROM conversation_items(items) i
         WHERE i.fit AND i.nth = 1 AND (i.type <> 'direct' OR i.id IN (SELECT unnest(paired)))
         ORDER BY i.id
        ON CONFLICT DO NOTHING
        RETURNING id)
    SELECT coalesce(array_agg(id), '{}') INTO made FROM written;

    -- A pair whose id turned out to be taken by another conversation, written by somebody else meanwhile.
    DELETE FROM direct_pairs d USING conversation_items(items) i
     WHERE (d.tenant_id, d.low, d.high, d.conversation_id) = (i.tenant_id, i.low, i.high, i.id)
       AND i.id IN (SELECT unnest(paired) EXCEPT SELECT unnest(made));

    WITH people AS MATERIALIZED (
        SELECT i.tenant_id, i.id, i.creator, i.history, p.person,
               CASE WHEN i.type = 'group' AND p.place = 1 THEN 'owner' ELSE 'member' END AS role
          FROM conversation_items(items) i CROSS JOIN unnest(i.people) WITH ORDINALITY AS p (person, place)
         WHERE i.nth = 1 AND i.id IN (SELECT unnest(made))
    ), counters AS (
        INSERT INTO conversation_counters (tenant_id, root_id, id, last_number, last_version, last_counted, last_at,
                                           since_join, changed_xid)
        SELECT DISTINCT tenant_id, id, id, 0, 1, 0, made_at, history <> 'all', pg_current_xact_id() FROM people
    ), joined AS (
        INSERT INTO members (tenant_id, root_id, conversation_id, user_id, role, active, version, joined_at,
                             from_number, from_version, from_counted, invited_by)
        SELECT tenant_id, id, id, person, role, true, 1, made_at, 1, 1, 0, nullif(creator, person) FROM people
    )
    INSERT INTO member_intervals (tenant_id, root_id, conversation_id, user_id, from_number, from_version, from_at)
    SELECT tenant_id, id, id, person, 1, 1, made_at FROM people;

    SELECT array_agg(i.tenant_id ORDER BY i.ord, p.place) AS tenants,
           array_agg(p.person ORDER BY i.ord, p.place) AS users,
           array_agg(i.id ORDER BY i.ord, p.place) AS ids, array_agg(i.type ORDER BY i.ord, p.place) AS types
      INTO gained
      FROM conversation_items(items) i CROSS JOIN unnest(i.people) WITH ORDINALITY AS p (person, place)
     WHERE i.nth = 1 AND i.id IN (SELECT unnest(made));

    WITH written AS (
        INSERT INTO user_conversations (tenant_id, user_id, conversation_id, root_id, type, state, user_version,
                                        gained_at)
        SELECT g.tenant_id, g.user_id, g.id, g.id, g.type, 'member', v.user_version, made_at
          FROM take_user_versions(gained.tenants, gained.users) v
          JOIN unnest(gained.tenants, gained.users, gained.ids, gained.types) WITH ORDINALITY
               AS g (tenant_id, user_id, id, type, ord) ON g.ord = v.ord
        RETURNING tenant_id, user_id, user_version
    ), persons AS (
        SELECT tenant_id, user_id, max(user_version) AS user_version FROM written GROUP BY tenant_id, user_id
    )
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions, user_tenants, users, user_versions)
    SELECT c.tenants, c.ids, c.ids, c.versions, c.versions, u.tenants, u.users, u.versions
      FROM (SELECT array_agg(tenant_id) AS tenants, array_agg(id) AS ids, array_agg(1::bigint) AS versions
              FROM conversation_items(items)
             WHERE nth = 1 AND id IN (SELECT unnest(made))) c,
           (SELECT array_agg(tenant_id) AS tenants, array_agg(user_id) AS users, array_agg(user_version) AS versions
              FROM persons) u
     WHERE cardinality(made) > 0;

    RETURN QUERY
    SELECT j.ord, j.outcome, c.id, c.version, c.created_at, g.members
      FROM (SELECT i.ord, i.tenant_id, i.id, pair.id AS pair_id,
                   CASE WHEN fresh.id IS NOT NULL THEN 'created'
                        WHEN own.tenant_id = i.tenant_id AND own.type = i.type
                             AND own.created_by IS NOT DISTINCT FROM i.creator
                             AND (own.type <> 'direct' OR own.id IS NOT DISTINCT FROM pair.id) THEN 'exists'
                        WHEN own.id IS NOT NULL THEN 'conflict'
                        WHEN pair.id IS NOT NULL THEN 'exists'
                        WHEN NOT i.fit THEN 'not_found'
                        ELSE 'conflict' END AS outcome
              FROM conversation_items(items) i
              LEFT JOIN unnest(made) AS fresh (id) ON fresh.id = i.id AND i.nth = 1
              LEFT JOIN conversations own ON own.root_id = i.id AND own.id = i.id
              LEFT JOIN direct_pairs d ON i.type = 'direct' AND cardinality(i.people) <= 2
                                      AND (d.tenant_id, d.low, d.high) = (i.tenant_id, i.low, i.high)
              LEFT JOIN conversations pair ON pair.root_id = d.conversation_id AND pair.id = d.conversation_id) j
      LEFT JOIN conversations c ON c.root_id = c.id
           AND c.id = CASE WHEN j.outcome IN ('created', 'exists') THEN coalesce(j.pair_id, j.id) END
      LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object('user', m.user_id, 'role', m.role,
                                               'userVersion', u.user_version)) AS members
             FROM members m
             JOIN user_conversations u ON u.tenant_id = m.tenant_id AND u.user_id = m.user_id
                                      AND u.conversation_id = m.conversation_id
            WHERE m.root_id = j.id AND m.conversation_id = j.id AND j.outcome = 'created') g ON true
     ORDER BY j.ord;
END
$$;

-- A conversation as its lock found it. `actor_rank`: 4 an operator, 3 to 1 a member by his role, 0 nobody.
-- `moment` is the time to write on whatever is changed now, `repeated` that the system message is there already.
-- `permissions` as they are for the actor, `plain` as they are for members without a role of their own.
CREATE TYPE locked_conversation AS (
    last_number  bigint,
    last_version bigint,
    last_counted bigint,
    moment       timestamptz,
    type         text,
    visibility   text,
    member_count int,
    actor_rank   int,
    repeated     boolean,
    permissions  jsonb,
    plain        jsonb,
    archived     boolean
);

-- Locks a conversation for a change by `actor` (null: an operator). No row: it does not exist for the caller.
CREATE FUNCTION lock_conversation(tenant uuid, root uuid, conversation uuid, actor uuid, message_id uuid)
    RETURNS SETOF locked_conversation
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    PERFORM FROM conversation_counters WHERE root_id = root AND id = conversation FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT k.last_number, k.last_version, k.last_counted,
           greatest(date_trunc('milliseconds', clock_timestamp()), k.last_at),
           c.type, c.visibility, c.member_count,
           CASE WHEN actor IS NULL THEN 4 ELSE coalesce(role_rank(m.role), 0) END,
           EXISTS (SELECT FROM messages s
                    WHERE s.root_id = root AND s.conversation_id = conversation AND s.id = message_id),
           permissions_of(c.permissions, c.archived_at IS NOT NULL, m.role_id) || denied_to(tenant, actor),
           permissions_of(c.permissions, c.archived_at IS NOT NULL, NULL), c.archived_at IS NOT NULL
      FROM conversation_counters k
      JOIN conversations c ON c.root_id = root AND c.id = conversation AND c.tenant_id = tenant AND c.status = 'active'
      LEFT JOIN members m ON m.root_id = root AND m.conversation_id = conversation AND m.user_id = actor AND m.active
     WHERE k.root_id = root AND k.id = conversation;
END
$$;
