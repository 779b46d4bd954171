-- Groups as a whole: what can be set in them, who may do what, who is kept out, how one comes in, and how they end.
--
-- Everything is judged under the conversation's lock by what lock_conversation and lock_message find, `permissions`
-- among it: the least rank for each thing, as it is for the one who asks, with what a role of his own gives him and what
-- an archived conversation takes from all. So whoever judges by `permits` honours both without knowing of them.
--
-- A conversation ends in one row: its status. From then on nobody reads it, whatever the rows of its members say; these
-- are found again as they were when it is restored, and go, bounded steps at a time, when it is purged. What is purged is
-- every row of every table with a column `conversation_id`, found in the catalogue: later tables cannot be forgotten.

-- `disappear_after` is the timer of messages that disappear (V27), in seconds; 0: none. It stands with the settings for
-- those who read them, and in the counters, which every send has locked, for sends. Threads have none of their own:
-- that of their root holds.
ALTER TABLE conversations
    ADD COLUMN description     text,
    ADD COLUMN topic           text, -- one line: what it is about at present
    ADD COLUMN color           text,
    ADD COLUMN icon            text,
    ADD COLUMN notifications   text NOT NULL DEFAULT 'all' CHECK (notifications IN ('all', 'mentions', 'none')),
    ADD COLUMN words           text[] COLLATE "C" NOT NULL DEFAULT '{}', -- of the name, folded, as users.words
    ADD COLUMN archived_at     timestamptz,
    ADD COLUMN disappear_after int NOT NULL DEFAULT 0;
ALTER TABLE conversation_counters ADD COLUMN disappear_after int NOT NULL DEFAULT 0;
CREATE INDEX conversations_ended ON conversations (deleted_at) WHERE status <> 'active';
CREATE INDEX conversations_threads ON conversations (root_id) WHERE id <> root_id;
CREATE INDEX conversations_directory ON conversations (tenant_id, member_count DESC, id DESC)
    WHERE visibility = 'public' AND status = 'active' AND archived_at IS NULL;

-- conversation_counters.send_rank of a conversation that is not deleted.
CREATE FUNCTION send_rank(permissions jsonb, archived boolean) RETURNS int LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN archived THEN 6 WHEN (permissions ->> 'send')::int = 4 THEN 5
                ELSE coalesce((permissions ->> 'send')::int, 1) END
$$;

-- Rights -----------------------------------------------------------------------------------------------------------------

-- Named sets of permissions that members can be given beside their rank. A deleted one stays as a tombstone: members may
-- still name it, and its id must not come to mean something else.
CREATE TABLE roles (
    tenant_id       uuid        NOT NULL,
    id              uuid        PRIMARY KEY,
    conversation_id uuid,       -- null: for all conversations of the tenant
    name            text        NOT NULL,
    permissions     text[]      NOT NULL,
    created_by      uuid,
    created_at      timestamptz NOT NULL,
    deleted_at      timestamptz
);
CREATE INDEX roles_conversation ON roles (conversation_id, deleted_at);
CREATE INDEX roles_tenant ON roles (tenant_id) WHERE conversation_id IS NULL AND deleted_at IS NULL;

ALTER TABLE members ADD COLUMN role_id uuid;

CREATE FUNCTION permission_words() RETURNS text[] LANGUAGE sql IMMUTABLE
AS $$
    SELECT ARRAY['send', 'react', 'pin', 'mention_all', 'open_threads', 'add_members', 'remove_members', 'invite', 'ban',
                 'silence', 'edit_settings', 'archive', 'delete_messages', 'change_roles', 'delete_conversation']
$$;

CREATE FUNCTION rank_word(rank int) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT (ARRAY['member', 'admin', 'owner', 'nobody'])[rank] $$;

-- What is to be put over somebody's permissions: a guest has no say in who is there and who may do what, whatever his
-- role gives him.
CREATE FUNCTION denied_to(tenant uuid, person uuid) RETURNS jsonb LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN parley.is_guest(tenant, person)
                THEN '{"add_members": 4, "remove_members": 4, "invite": 4, "ban": 4, "change_roles": 4}'::jsonb
                ELSE '{}' END
$$;

-- The permissions of a conversation as they are for one of its members: what his role grants he may do whatever his rank,
-- unless nobody may; in an archived conversation nobody does what would add to it.
CREATE FUNCTION permissions_of(plain jsonb, archived boolean, role_id uuid) RETURNS jsonb LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN role_id IS NULL THEN plain
                ELSE plain || coalesce((
                     SELECT jsonb_object_agg(p, 1)
                       FROM parley.roles r CROSS JOIN unnest(r.permissions) AS p
                      WHERE r.id = role_id AND r.deleted_at IS NULL
                        AND coalesce((plain ->> p)::int, parley.permission_default(p)) < 4), '{}') END
        || CASE WHEN archived
                THEN '{"send": 4, "react": 4, "pin": 4, "mention_all": 4, "open_threads": 4, "edit_settings": 4}'::jsonb
                ELSE '{}' END
$$;

-- The same for a reading, which locks nothing, and for whoever judges several people at once. Null: he is no member.
CREATE FUNCTION may(tenant uuid, conversation uuid, person uuid, permission text) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT parley.permits(parley.permissions_of(r.permissions, r.archived_at IS NOT NULL, m.role_id)
                          || parley.denied_to(tenant, person), parley.role_rank(m.role), permission)
      FROM parley.conversations c
      JOIN parley.conversations r ON r.id = c.root_id AND r.root_id = c.root_id AND r.status = 'active'
      JOIN parley.members m ON m.conversation_id = c.root_id AND m.user_id = person AND m.root_id = c.root_id AND m.active
     WHERE c.id = conversation AND c.tenant_id = tenant AND c.status = 'active'
$$;

-- As may, but of a thread null: what only whole conversations have.
CREATE FUNCTION may_in_root(tenant uuid, conversation uuid, person uuid, permission text) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT parley.may(tenant, conversation, person, permission)
      FROM parley.conversations c WHERE c.id = conversation AND c.root_id = conversation
$$;

-- What everybody sees ------------------------------------------------------------------------------------------------------

-- The settings of a conversation as clients are told them; a direct one has few. Roles are those of this conversation.
CREATE FUNCTION conversation_settings(c conversations, slow_seconds int) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT jsonb_build_object(
               'id', c.id, 'type', c.type, 'name', c.name, 'visibility', c.visibility, 'history', c.history,
               'createdBy', c.created_by, 'createdAt', iso_time(c.created_at), 'memberCount', c.member_count)
        || CASE WHEN c.type = 'thread'
                THEN jsonb_build_object('parent', jsonb_build_object('conversation', c.root_id, 'number', c.parent_number))
                ELSE jsonb_build_object('disappearAfter', c.disappear_after) END
        || CASE WHEN c.type = 'group' THEN jsonb_build_object(
               'description', c.description, 'topic', c.topic, 'color', c.color, 'icon', c.icon,
               'notifications', c.notifications, 'slowModeSeconds', slow_seconds,
               'status', CASE WHEN c.status <> 'active' THEN 'deleted' WHEN c.archived_at IS NOT NULL THEN 'archived'
                              ELSE 'active' END,
               'deletedAt', iso_time(c.deleted_at),
               'permissions', (SELECT jsonb_object_agg(p, rank_word(coalesce((c.permissions ->> p)::int, permission_default(p))))
                                 FROM unnest(permission_words()) AS p),
               'roles', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'permissions', r.permissions)
                                                   ORDER BY r.name, r.id), '[]')
                           FROM roles r WHERE r.conversation_id = c.id AND r.deleted_at IS NULL)) ELSE '{}' END
$$;

-- A membership as clients are told it. Somebody blocked in a direct conversation is silenced for ever, and nobody is told.
-- Without settings of its own and with nothing volatile in it, so that it becomes part of the query: it is asked for
-- thousands of rows.
CREATE FUNCTION member_view(m members) RETURNS jsonb LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN m.active THEN jsonb_strip_nulls(jsonb_build_object(
               'user', m.user_id, 'role', m.role, 'active', true, 'version', m.version,
               'joinedAt', parley.iso_time(m.joined_at), 'fromNumber', m.from_number, 'invitedBy', m.invited_by,
               'customRole', m.role_id,
               'silencedUntil', CASE WHEN m.silenced_until > statement_timestamp() AND m.silenced_until < 'infinity'
                                     THEN parley.iso_time(m.silenced_until) END))
           ELSE jsonb_build_object('user', m.user_id, 'active', false, 'version', m.version) END
$$;

-- Judging and noting ------------------------------------------------------------------------------------------------------

-- Whether the actor may do to this member what the permission says: to those of a lower rank; and among plain members,
-- one to whom a role gives the permission to one to whom none does.
CREATE FUNCTION reaches(head locked_conversation, target members, permission text) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT permits(head.permissions, head.actor_rank, permission)
       AND (head.actor_rank > role_rank(target.role)
            OR head.actor_rank = 1 AND target.role = 'member'
               AND NOT permits(permissions_of(head.plain, false, target.role_id), 1, permission))
$$;

-- A change of members or settings that has no system message: the counters and the journal.
CREATE FUNCTION note_change(change conversation_change, head locked_conversation, tenant uuid, root uuid, conversation uuid)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    change.changed_at := head.moment;
    change.last_number := head.last_number;
    change.member_count := head.member_count;
    UPDATE conversation_counters k SET last_version = change.version, changed_xid = pg_current_xact_id()
     WHERE k.root_id = root AND k.id = conversation;
    INSERT INTO journal (tenants, roots, conversations, from_versions, to_versions)
    VALUES (ARRAY[tenant], ARRAY[root], ARRAY[conversation], ARRAY[change.version], ARRAY[change.version]);
    RETURN change;
END
$$;

-- Settings -----------------------------------------------------------------------------------------------------------------

-- A conversation with other settings: `fields` as clients give them, null takes one away; `words` go with the name.
-- Permissions that are not named stay, and are kept only where they differ from the default. A timer that is not named
-- stays, too.
CREATE FUNCTION with_settings(room conversations, fields jsonb) RETURNS conversations
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT jsonb_populate_record(room, (
        SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}')
          FROM jsonb_each(fields || jsonb_build_object('permissions', (
                   SELECT coalesce(jsonb_object_agg(p.key, p.rank), '{}')
                     FROM (SELECT key, value::int AS rank FROM jsonb_each_text(room.permissions)
                            WHERE NOT coalesce(fields -> 'permissions', '{}') ? key
                           UNION ALL
                           SELECT key, array_position(ARRAY['member', 'admin', 'owner', 'nobody'], value)
                             FROM jsonb_each_text(coalesce(fields -> 'permissions', '{}'))) p
                    WHERE p.rank <> permission_default(p.key)),
                   'disappear_after', coalesce((fields ->> 'disappearAfter')::int, room.disappear_after))) f
         WHERE f.key IN ('name', 'words', 'description', 'topic', 'color', 'icon', 'visibility', 'history', 'notifications',
                         'permissions', 'disappear_after')))
$$;

-- Changes the settings of a group that `fields` names (see with_settings; also 'slowModeSeconds', and 'status' active or
-- archived). What is needed for it: 'archive' for the status; 'change_roles' for permissions, and of those that are
-- changed owners may change all, others such as they have themselves before and after; 'edit_settings' for the rest. Of
-- a direct conversation only the timer ('disappearAfter') can be changed, by both as long as they may write in it.
-- Outcomes: 'ok', 'unchanged', 'duplicate' (message_id is used: a repeated call), 'not_found', 'forbidden'.
CREATE FUNCTION update_conversation(tenant uuid, root uuid, conversation uuid, actor uuid, fields jsonb, message_id uuid)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
    room   conversations;
    after  conversations;
    slow   int;
    slower int;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, root, conversation, actor, message_id);
    SELECT * INTO room FROM conversations c WHERE c.root_id = root AND c.id = conversation;
    SELECT k.slow_seconds INTO slow FROM conversation_counters k WHERE k.root_id = root AND k.id = conversation;
    SELECT * INTO after FROM with_settings(room, fields);
    slower := coalesce((fields ->> 'slowModeSeconds')::int, slow);
    after.archived_at := CASE fields ->> 'status' WHEN 'active' THEN NULL
                              WHEN 'archived' THEN coalesce(room.archived_at, head.moment) ELSE room.archived_at END;
    SELECT jsonb_object_agg(s.key, s.value) INTO change.changed
      FROM jsonb_each(conversation_settings(after, slower)) s
     WHERE s.value <> conversation_settings(room, slow) -> s.key;
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 THEN 'not_found'
        WHEN head.type = 'direct' AND (fields - 'disappearAfter' <> '{}' OR EXISTS (
                 SELECT FROM members m WHERE m.root_id = root AND m.conversation_id = conversation AND m.user_id = actor
                                         AND m.silenced_until > clock_timestamp())) THEN 'forbidden'
        WHEN head.type = 'group' AND (
             fields ? 'status' AND NOT permits(head.permissions, head.actor_rank, 'archive')
             OR fields ? 'permissions' AND NOT (
                permits(head.permissions, head.actor_rank, 'change_roles')
                AND (head.actor_rank >= 3 OR NOT EXISTS (
                     SELECT FROM jsonb_object_keys(fields -> 'permissions') AS p
                      WHERE after.permissions -> p IS DISTINCT FROM room.permissions -> p
                        AND NOT (permits(head.permissions, head.actor_rank, p)
                                 AND permits(after.permissions, head.actor_rank, p)))))
             OR fields - ARRAY['status', 'permissions'] <> '{}'
                AND NOT permits(head.permissions, head.actor_rank, 'edit_settings')) THEN 'forbidden'
        WHEN head.repeated THEN 'duplicate'
        WHEN change.changed IS NULL THEN 'unchanged'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    change.version := head.last_version + 1;
    change.member_count := head.member_count;
    change.event := 'conversation.updated';

    UPDATE conversations c
       SET name = after.name, words = after.words, description = after.description, topic = after.topic, color = after.color,
           icon = after.icon, visibility = after.visibility, history = after.history, notifications = after.notifications,
           permissions = after.permissions, archived_at = after.archived_at,
           disappear_after = after.disappear_after, updated_at = head.moment, version = change.version
     WHERE c.root_id = root AND c.id = conversation;
    UPDATE conversation_counters k
       SET slow_seconds = slower, send_rank = send_rank(after.permissions, after.archived_at IS NOT NULL),
           disappear_after = after.disappear_after, since_join = after.history <> 'all'
     WHERE k.root_id = root AND k.id = conversation;
    RETURN announce_change(change, head, tenant, root, conversation, actor, message_id, NULL, NULL,
        jsonb_build_object('event', CASE WHEN change.changed ->> 'status' = 'archived' THEN 'archived'
                                         WHEN change.changed ? 'status' THEN 'unarchived'
                                         WHEN change.changed - 'name' = '{}' THEN 'renamed'
                                         WHEN change.changed - 'disappearAfter' = '{}' THEN 'timer_changed'
                                         ELSE 'settings_changed' END,
                           'changed', (SELECT jsonb_agg(key ORDER BY key) FROM jsonb_object_keys(change.changed) AS key))
        || CASE WHEN change.changed ? 'name' THEN jsonb_build_object('name', after.name) ELSE '{}' END
        || CASE WHEN change.changed ? 'disappearAfter'
                THEN jsonb_build_object('disappearAfter', after.disappear_after) ELSE '{}' END);
END
$$;

-- Makes, changes (null leaves one as it is) or deletes (both null) a role of a group. For those who may change roles, and
-- nobody puts more into it than he may do himself. Outcomes: 'ok', 'unchanged', 'not_found', 'forbidden', 'conflict' (the
-- id is used), 'too_many'.
CREATE FUNCTION store_role(tenant uuid, conversation uuid, actor uuid, role uuid, making boolean, new_name text,
                           new_permissions text[], most int) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
    old    roles;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, conversation, conversation, actor, NULL);
    SELECT * INTO old FROM roles r WHERE r.id = role;
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 THEN 'not_found'
        WHEN head.type <> 'group' OR NOT permits(head.permissions, head.actor_rank, 'change_roles') THEN 'forbidden'
        WHEN making AND old.id IS NOT NULL THEN
             CASE WHEN old.conversation_id = conversation AND old.deleted_at IS NULL AND old.created_by = actor
                       AND old.name = new_name AND old.permissions = new_permissions THEN 'unchanged' ELSE 'conflict' END
        WHEN NOT making AND (old.conversation_id IS DISTINCT FROM conversation OR old.deleted_at IS NOT NULL) THEN 'not_found'
        WHEN head.actor_rank < 3 AND EXISTS (
             SELECT FROM unnest(new_permissions) AS p WHERE NOT permits(head.permissions, head.actor_rank, p)) THEN 'forbidden'
        WHEN making AND most <= (SELECT count(*) FROM roles r
                                  WHERE r.conversation_id = conversation AND r.deleted_at IS NULL) THEN 'too_many'
        WHEN coalesce(new_name, old.name) = old.name AND coalesce(new_permissions, old.permissions) = old.permissions
             AND num_nulls(new_name, new_permissions) < 2 THEN 'unchanged'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    INSERT INTO roles AS r (tenant_id, id, conversation_id, name, permissions, created_by, created_at)
    VALUES (tenant, role, conversation, coalesce(new_name, old.name), coalesce(new_permissions, old.permissions), actor,
            head.moment)
    ON CONFLICT (id) DO UPDATE
       SET name = excluded.name, permissions = excluded.permissions,
           deleted_at = CASE WHEN num_nulls(new_name, new_permissions) = 2 THEN head.moment END
     WHERE r.conversation_id = conversation;
    IF NOT FOUND THEN
        change.outcome := 'conflict'; -- somebody has used the id elsewhere meanwhile
        RETURN change;
    END IF;
    change.version := head.last_version + 1;
    change.event := 'conversation.updated';
    UPDATE conversations c SET version = change.version, updated_at = head.moment
     WHERE c.root_id = conversation AND c.id = conversation;
    SELECT jsonb_build_object('roles', conversation_settings(c, 0) -> 'roles') INTO change.changed
      FROM conversations c WHERE c.root_id = conversation AND c.id = conversation;
    RETURN note_change(change, head, tenant, conversation, conversation);
END
$$;

CREATE FUNCTION is_platform_admin(tenant uuid, person uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM parley.users u
                    WHERE u.tenant_id = tenant AND u.id = person AND u.role = 'admin' AND u.status = 'active')
$$;

-- The same for a role of the whole tenant, by a platform admin.
CREATE FUNCTION store_tenant_role(tenant uuid, actor uuid, role uuid, making boolean, new_name text, new_permissions text[],
                                  most int) RETURNS text
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    old     roles;
    outcome text;
BEGIN
    SELECT * INTO old FROM roles r WHERE r.id = role FOR NO KEY UPDATE;
    outcome := CASE
        WHEN NOT is_platform_admin(tenant, actor) THEN 'forbidden'
        WHEN making AND old.id IS NOT NULL THEN
             CASE WHEN old.tenant_id = tenant AND old.conversation_id IS NULL AND old.deleted_at IS NULL
                       AND old.created_by = actor AND old.name = new_name AND old.permissions = new_permissions
                  THEN 'unchanged' ELSE 'conflict' END
        WHEN making AND most <= (SELECT count(*) FROM roles r
                                  WHERE r.tenant_id = tenant AND r.conversation_id IS NULL AND r.deleted_at IS NULL)
            THEN 'too_many'
        WHEN NOT making AND (old.tenant_id IS DISTINCT FROM tenant OR old.conversation_id IS NOT NULL
                             OR old.deleted_at IS NOT NULL) THEN 'not_found'
        ELSE 'ok' END;
    IF outcome = 'ok' THEN
        INSERT INTO roles AS r (tenant_id, id, name, permissions, created_by, created_at)
        VALUES (tenant, role, coalesce(new_name, old.name), coalesce(new_permissions, old.permissions), actor,
                date_trunc('milliseconds', clock_timestamp()))
        ON CONFLICT (id) DO UPDATE
           SET name = excluded.name, permissions = excluded.permissions,
               deleted_at = CASE WHEN num_nulls(new_name, new_permissions) = 2 THEN clock_timestamp() END
         WHERE r.tenant_id = tenant AND r.conversation_id IS NULL;
        IF NOT FOUND THEN
            outcome := 'conflict'; -- somebody has used the id elsewhere meanwhile
        END IF;
    END IF;
    RETURN outcome;
END
$$;

-- Members ------------------------------------------------------------------------------------------------------------------

-- Who is kept out. One whose time is over stays until the person is banned again.
CREATE TABLE bans (
    tenant_id       uuid        NOT NULL,
    root_id         uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    reason          text,
    banned_by       uuid,       -- null: an operator
    banned_at       timestamptz NOT NULL,
    until           timestamptz, -- null: for ever
    PRIMARY KEY (conversation_id, user_id, root_id)
);

CREATE FUNCTION any_banned(conversation uuid, people uuid[]) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM parley.bans b
                    WHERE b.conversation_id = conversation AND b.user_id = ANY (people)
                      AND (b.until IS NULL OR b.until > clock_timestamp()))
$$;

-- The second half of all that brings people into a conversation: `added` are none of its members, and fit. Who is in
-- already is looked up person by person, here and before: a plan that joins, made while there are few, reads all members for
-- each of a thousand.
CREATE FUNCTION take_in(change conversation_change, head locked_conversation, tenant uuid, root uuid, conversation uuid,
                        actor uuid, added uuid[], role text, inviter uuid, message_id uuid, notice text)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    user_versions bigint[];
BEGIN
    change.version := head.last_version + 1;
    change.event := 'member.added';
    INSERT INTO members AS m (tenant_id, root_id, conversation_id, user_id, role, active, version, joined_at,
                              from_number, from_version, from_counted, invited_by)
    SELECT tenant, root, conversation, person, role, true, change.version, head.moment, head.last_number + 1,
           change.version, head.last_counted, nullif(inviter, person)
      FROM unnest(added) AS person
    ON CONFLICT (conversation_id, user_id, root_id) DO UPDATE
       SET role = excluded.role, active = true, version = excluded.version, joined_at = excluded.joined_at,
           from_number = excluded.from_number, from_version = excluded.from_version,
           from_counted = excluded.from_counted, invited_by = excluded.invited_by, role_id = NULL,
           silenced_until = CASE WHEN excluded.role <> 'owner' THEN m.silenced_until END;
    INSERT INTO member_intervals (tenant_id, root_id, conversation_id, user_id, from_number, from_version, from_at)
    SELECT tenant, root, conversation, person, head.last_number + 1, change.version, head.moment
      FROM unnest(added) AS person;
    UPDATE conversations c SET member_count = c.member_count + cardinality(added)
     WHERE c.root_id = root AND c.id = conversation
    RETURNING c.member_count INTO change.member_count;

    WITH written AS (
        INSERT INTO user_conversations AS c (tenant_id, user_id, conversation_id, root_id, type, state, user_version,
                                             gained_at)
        SELECT tenant, added[v.ord], conversation, root, head.type, 'member', v.user_version, head.moment
          FROM take_user_versions(array_fill(tenant, ARRAY[cardinality(added)]), added) v
        ON CONFLICT (tenant_id, user_id, conversation_id) DO UPDATE
           SET state = 'member', user_version = excluded.user_version, gained_at = excluded.gained_at, lost_at = NULL
        RETURNING c.user_id, c.user_version)
    SELECT array_agg(w.user_id), array_agg(w.user_version),
           jsonb_agg(jsonb_build_object('user', w.user_id, 'userVersion', w.user_version, 'view', (
               SELECT member_view(m) FROM members m WHERE m.conversation_id = conversation AND m.user_id = w.user_id)))
      INTO added, user_versions, change.members
      FROM written w;
    RETURN announce_change(change, head, tenant, root, conversation, actor, message_id, added, user_versions,
                           jsonb_build_object('event', notice, 'users', added));
END
$$;

-- Adds people who are not members, or not any more; the others are left as they are. Who may add is for the conversation
-- to say, and nobody gives a rank above his own; anybody but a guest may add himself to a public group. Outcomes: 'ok',
-- 'unchanged' (all are members), 'duplicate' (message_id is used: a repeated call), 'not_found', 'user_not_found' (one of
-- them is unknown or not active, or does not let the actor add him, see all_addable; nobody is added), 'forbidden',
-- 'banned' (one of them is), 'archived' (nobody comes into the conversation any more), 'guest_in_charge' (one of them is a
-- guest, and the role not 'member'), 'too_many' (above max_members).
-- The membership is one change, the system message that tells of it the next; those added see both.
CREATE FUNCTION add_members(tenant uuid, root uuid, conversation uuid, actor uuid, users uuid[], role text,
                            message_id uuid, max_members int) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head    locked_conversation;
    change  conversation_change;
    added   uuid[];
    joining boolean;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, root, conversation, actor, message_id);
    joining := head.actor_rank = 0 AND head.visibility = 'public' AND users = ARRAY[actor] AND role = 'member'
               AND NOT is_guest(tenant, actor);
    SELECT array_agg(u.person ORDER BY u.place) INTO added
      FROM (SELECT person, min(place) AS place FROM unnest(users) WITH ORDINALITY AS x (person, place)
             GROUP BY person) u
     WHERE (SELECT m.active FROM members m WHERE m.conversation_id = conversation AND m.user_id = u.person) IS NOT TRUE;
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 AND NOT joining THEN 'not_found'
        WHEN head.type <> 'group' THEN 'forbidden'
        WHEN head.repeated THEN 'duplicate'
        WHEN head.actor_rank > 0 AND users = ARRAY[actor] THEN 'unchanged'
        WHEN head.archived THEN 'archived'
        WHEN NOT joining AND (head.actor_rank < role_rank(role)
                              OR NOT permits(head.permissions, head.actor_rank, 'add_members')) THEN 'forbidden'
        WHEN added IS NULL THEN 'unchanged'
        WHEN NOT all_addable(tenant, actor, added) THEN 'user_not_found'
        WHEN any_banned(conversation, added) THEN 'banned'
        WHEN role <> 'member' AND NOT fit_to_lead(tenant, added) THEN 'guest_in_charge'
        WHEN head.member_count + cardinality(added) > max_members THEN 'too_many'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    RETURN take_in(change, head, tenant, root, conversation, actor, added, role, actor, message_id,
                   CASE WHEN joining THEN 'member_joined' ELSE 'members_added' END);
END
$$;

-- Whether the group would be left without an owner if this one were none any more.
CREATE FUNCTION is_last_owner(target members) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
AS $$
BEGIN
    RETURN target.role = 'owner' AND NOT EXISTS (
        SELECT FROM members m
         WHERE m.root_id = target.root_id AND m.conversation_id = target.conversation_id
           AND m.active AND m.role = 'owner' AND m.user_id <> target.user_id);
END
$$;

-- The second half of all that ends a membership: `target` is a member, and not the last owner. Whoever does not go of his
-- own accord does not come back by a link of his own, nor does anybody else by it.
CREATE FUNCTION put_out(change conversation_change, head locked_conversation, tenant uuid, root uuid, conversation uuid,
                        actor uuid, target members, message_id uuid, notice text) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    person       uuid := target.user_id;
    lost_version bigint;
BEGIN
    PERFORM leave_threads_of_root(tenant, root, person);
    change.version := head.last_version + 1;
    change.event := 'member.removed';
    UPDATE members m SET active = false, version = change.version
     WHERE m.root_id = root AND m.conversation_id = conversation AND m.user_id = person;
    UPDATE member_intervals i
       SET to_number = head.last_number + 1, to_version = change.version, to_at = head.moment
     WHERE i.root_id = root AND i.conversation_id = conversation AND i.user_id = person
       AND i.from_version = target.from_version;
    UPDATE conversations c SET member_count = c.member_count - 1 WHERE c.root_id = root AND c.id = conversation
    RETURNING c.member_count INTO change.member_count;

    IF actor IS DISTINCT FROM person THEN
        UPDATE invite_links l SET revoked_at = head.moment, ends_at = head.moment
         WHERE l.conversation_id = conversation AND l.ends_at > head.moment AND l.revoked_at IS NULL
           AND l.created_by = person;
    END IF;

    SELECT v.user_version INTO lost_version FROM take_user_versions(ARRAY[tenant], ARRAY[person]) v;
    UPDATE user_conversations c SET state = 'lost', user_version = lost_version, lost_at = head.moment
     WHERE c.tenant_id = tenant AND c.user_id = person AND c.conversation_id = conversation;
    change.members := jsonb_build_array(jsonb_build_object('user', person, 'userVersion', lost_version));
    RETURN announce_change(change, head, tenant, root, conversation, actor, message_id, ARRAY[person], ARRAY[lost_version],
                           jsonb_build_object('event', notice, 'users', ARRAY[person]));
END
$$;

-- Removes a member, or lets him leave (actor = person). 'last_owner': the only owner stays while there are other members.
-- With the last member the group ends: it is deleted, and he may restore it as whoever deletes one may. The person removed
-- sees neither his removal nor the system message of it. Further outcomes: 'ok', 'duplicate',
-- 'not_found', 'forbidden'.
CREATE FUNCTION remove_member(tenant uuid, root uuid, conversation uuid, actor uuid, person uuid, message_id uuid)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head    locked_conversation;
    change  conversation_change;
    target  members;
    leaving boolean := actor IS NOT DISTINCT FROM person;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, root, conversation, actor, message_id);
    SELECT * INTO target FROM members m
     WHERE m.root_id = root AND m.conversation_id = conversation AND m.user_id = person AND m.active;
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 AND NOT (leaving AND head.repeated) THEN 'not_found'
        WHEN head.type <> 'group' THEN 'forbidden'
        WHEN head.repeated THEN 'duplicate'
        WHEN target.user_id IS NULL THEN 'not_found'
        WHEN NOT leaving AND NOT reaches(head, target, 'remove_members') THEN 'forbidden'
        WHEN head.member_count > 1 AND is_last_owner(target) THEN 'last_owner'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    IF head.member_count = 1 THEN
        RETURN end_conversation(change, head, tenant, conversation);
    END IF;
    RETURN put_out(change, head, tenant, root, conversation, actor, target, message_id,
                   CASE WHEN leaving THEN 'member_left' ELSE 'member_removed' END);
END
$$;

-- Changes what `fields` names of a membership, in one change without a system message: 'role' and 'customRole' (null takes it
-- away) need 'change_roles', 'silencedUntil' (null ends it) needs 'silence'. Nobody gives a rank above his own or a role
-- that may do what he may not; owners alone take one from each other. Anybody may step down. Who becomes an owner may
-- write again, for nobody could lift it from him. A group keeps an owner: 'last_owner'. 'role_not_found': there is no such custom role.
-- 'guest_in_charge': he is a guest, and stays a member.
CREATE FUNCTION update_member(tenant uuid, root uuid, conversation uuid, actor uuid, person uuid, fields jsonb)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head      locked_conversation;
    change    conversation_change;
    target    members;
    after     members;
    given     roles;
    regarding boolean; -- of one whose role he may change
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, root, conversation, actor, NULL);
    SELECT * INTO target FROM members m
     WHERE m.root_id = root AND m.conversation_id = conversation AND m.user_id = person AND m.active;
    after := target;
    after.role := coalesce(fields ->> 'role', target.role);
    IF fields ? 'customRole' THEN
        after.role_id := (fields ->> 'customRole')::uuid;
        SELECT * INTO given FROM roles r
         WHERE r.id = after.role_id AND r.tenant_id = tenant AND r.deleted_at IS NULL
           AND coalesce(r.conversation_id, conversation) = conversation;
    END IF;
    IF fields ? 'silencedUntil' THEN
        after.silenced_until := (fields ->> 'silencedUntil')::timestamptz;
    END IF;
    regarding := permits(head.permissions, head.actor_rank, 'change_roles')
                 AND (head.actor_rank >= 3 OR head.actor_rank > role_rank(target.role));
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 THEN 'not_found'
        WHEN head.type <> 'group' THEN 'forbidden'
        WHEN target.user_id IS NULL THEN 'not_found'
        WHEN after IS NOT DISTINCT FROM target THEN 'unchanged'
        WHEN after.role <> target.role
             AND NOT (regarding AND head.actor_rank >= role_rank(after.role))
             AND NOT (actor = person AND role_rank(after.role) < role_rank(target.role)) THEN 'forbidden'
        WHEN after.role_id IS DISTINCT FROM target.role_id AND NOT regarding
             AND NOT (actor = person AND after.role_id IS NULL) THEN 'forbidden'
        WHEN after.silenced_until IS DISTINCT FROM target.silenced_until
             AND NOT reaches(head, target, 'silence') THEN 'forbidden'
        WHEN after.role_id IS DISTINCT FROM target.role_id AND after.role_id IS NOT NULL AND given.id IS NULL
            THEN 'role_not_found'
        WHEN after.role_id IS DISTINCT FROM target.role_id AND head.actor_rank < 3 AND EXISTS (
             SELECT FROM unnest(given.permissions) AS p
              WHERE NOT permits(head.permissions, head.actor_rank, p)) THEN 'forbidden'
        WHEN after.role <> target.role AND is_last_owner(target) THEN 'last_owner'
        WHEN role_rank(after.role) > role_rank(target.role) AND NOT fit_to_lead(tenant, ARRAY[person])
            THEN 'guest_in_charge'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    change.version := head.last_version + 1;
    change.event := 'member.updated';
    UPDATE members m
       SET role = after.role, role_id = after.role_id, version = change.version,
           silenced_until = CASE WHEN m.role = 'owner' OR after.role <> 'owner' THEN after.silenced_until END
     WHERE m.root_id = root AND m.conversation_id = conversation AND m.user_id = person
    RETURNING jsonb_build_array(jsonb_build_object('user', person, 'view', member_view(m))) INTO change.members;
    RETURN note_change(change, head, tenant, root, conversation);
END
$$;

-- Makes another member, who must not be a guest ('guest_in_charge'), an owner, and the owner who asks an admin: one change.
CREATE FUNCTION transfer_ownership(tenant uuid, root uuid, conversation uuid, actor uuid, person uuid, message_id uuid)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, root, conversation, actor, message_id);
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 THEN 'not_found'
        WHEN head.type <> 'group' THEN 'forbidden'
        WHEN head.repeated THEN 'duplicate'
        WHEN head.actor_rank <> 3 THEN 'forbidden'
        WHEN NOT EXISTS (SELECT FROM members m WHERE m.root_id = root AND m.conversation_id = conversation
                                                 AND m.user_id = person AND m.active) THEN 'not_found'
        WHEN person = actor THEN 'unchanged'
        WHEN NOT fit_to_lead(tenant, ARRAY[person]) THEN 'guest_in_charge'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    change.version := head.last_version + 1;
    change.member_count := head.member_count;
    change.event := 'member.updated';
    WITH changed AS (
        UPDATE members m
           SET role = CASE m.user_id WHEN person THEN 'owner' ELSE 'admin' END, version = change.version,
               silenced_until = CASE m.user_id WHEN person THEN NULL ELSE m.silenced_until END
         WHERE m.root_id = root AND m.conversation_id = conversation AND m.user_id IN (person, actor)
        RETURNING m.user_id, member_view(m) AS view)
    SELECT jsonb_agg(jsonb_build_object('user', user_id, 'view', view)) INTO change.members FROM changed;
    RETURN announce_change(change, head, tenant, root, conversation, actor, message_id, NULL, NULL,
                           jsonb_build_object('event', 'ownership_transferred', 'users', ARRAY[person]));
END
$$;

-- Keeps somebody out, whether he is a member or not, and puts him out if he is. Once more: with other reason and time.
-- 'noted': done, and nothing that members see has changed. 'user_not_found': there is no such person.
CREATE FUNCTION ban_member(tenant uuid, conversation uuid, actor uuid, person uuid, reason text, until timestamptz,
                           message_id uuid) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
    target members;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, conversation, conversation, actor, message_id);
    SELECT * INTO target FROM members m
     WHERE m.root_id = conversation AND m.conversation_id = conversation AND m.user_id = person AND m.active;
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 THEN 'not_found'
        WHEN head.type <> 'group' OR NOT permits(head.permissions, head.actor_rank, 'ban') THEN 'forbidden'
        WHEN head.repeated THEN 'duplicate'
        WHEN target.user_id IS NOT NULL AND NOT reaches(head, target, 'ban') THEN 'forbidden'
        WHEN NOT EXISTS (SELECT FROM users u WHERE u.tenant_id = tenant AND u.id = person) THEN 'user_not_found'
        WHEN is_last_owner(target) THEN 'last_owner'
        ELSE 'noted' END;
    IF change.outcome <> 'noted' THEN
        RETURN change;
    END IF;
    INSERT INTO bans (tenant_id, root_id, conversation_id, user_id, reason, banned_by, banned_at, until)
    VALUES (tenant, conversation, conversation, person, reason, actor, head.moment, until)
    ON CONFLICT (conversation_id, user_id, root_id) DO UPDATE
       SET reason = excluded.reason, banned_by = excluded.banned_by, banned_at = excluded.banned_at, until = excluded.until;
    IF target.user_id IS NULL THEN
        RETURN change;
    END IF;
    change.outcome := 'ok';
    RETURN put_out(change, head, tenant, conversation, conversation, actor, target, message_id, 'member_banned');
END
$$;

CREATE FUNCTION lift_ban(tenant uuid, conversation uuid, actor uuid, person uuid) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, conversation, conversation, actor, NULL);
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 THEN 'not_found'
        WHEN head.type <> 'group' OR NOT permits(head.permissions, head.actor_rank, 'ban') THEN 'forbidden'
        ELSE 'noted' END;
    IF change.outcome = 'noted' THEN
        DELETE FROM bans b WHERE b.conversation_id = conversation AND b.user_id = person;
    END IF;
    RETURN change;
END
$$;

-- Invite links -------------------------------------------------------------------------------------------------------------

-- Whoever has the token may come in: 128 random bits, of which only the hash is here. Written under the conversation's
-- lock alone, so that `uses` is exact.
CREATE TABLE invite_links (
    tenant_id       uuid        NOT NULL,
    id              uuid        PRIMARY KEY,
    conversation_id uuid        NOT NULL,
    token_hash      bytea       NOT NULL UNIQUE,
    role            text        NOT NULL CHECK (role IN ('member', 'admin')),
    created_by      uuid        NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    max_uses        int,
    uses            int         NOT NULL DEFAULT 0,
    revoked_at      timestamptz,
    ends_at         timestamptz NOT NULL -- when it expires, was used up or revoked
);
CREATE INDEX invite_links_conversation ON invite_links (conversation_id, ends_at);
CREATE INDEX invite_links_listed ON invite_links (conversation_id, created_at) WHERE revoked_at IS NULL;
CREATE INDEX invite_links_ends ON invite_links (ends_at);

CREATE FUNCTION works(link invite_links) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT link.id IS NOT NULL AND link.revoked_at IS NULL AND link.uses < coalesce(link.max_uses, 2147483647)
       AND link.ends_at > clock_timestamp()
$$;

-- Removes so many links that have not worked for so long. Answers whether there may be more.
CREATE FUNCTION forget_links(kept interval, most int) RETURNS boolean
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    DELETE FROM invite_links l
     WHERE l.id IN (SELECT o.id FROM invite_links o WHERE o.ends_at < statement_timestamp() - kept ORDER BY o.ends_at LIMIT most);
    RETURN FOUND;
END
$$;

-- How many more tokens somebody may try; so many come back in a minute, up to as many.
CREATE TABLE invite_looks (
    tenant_id  uuid             NOT NULL,
    user_id    uuid             NOT NULL,
    looks_left double precision NOT NULL,
    counted_at timestamptz      NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) WITH (fillfactor = 50);

-- Makes a link. By the same person with the same id: gives it another token, for the first may never have come to him.
-- Outcomes: 'ok', 'not_found', 'forbidden', 'conflict' (the id is used), 'archived', 'too_many' (links that work).
CREATE FUNCTION create_invite(tenant uuid, conversation uuid, actor uuid, link uuid, hash bytea, role text,
                              expires timestamptz, max_uses int, most int) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
    old    invite_links;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, conversation, conversation, actor, NULL);
    SELECT * INTO old FROM invite_links l WHERE l.id = link;
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 THEN 'not_found'
        WHEN head.type <> 'group' THEN 'forbidden'
        WHEN head.archived THEN 'archived'
        WHEN head.actor_rank < role_rank(role) OR NOT permits(head.permissions, head.actor_rank, 'invite') THEN 'forbidden'
        WHEN old.id IS NOT NULL AND NOT (
             old.conversation_id = conversation AND old.created_by = actor AND old.role = role AND works(old)
             AND old.expires_at IS NOT DISTINCT FROM expires AND old.max_uses IS NOT DISTINCT FROM max_uses) THEN 'conflict'
        WHEN old.id IS NULL AND most <= (SELECT count(*) FROM invite_links l
                                          WHERE l.conversation_id = conversation AND l.ends_at > head.moment AND works(l))
            THEN 'too_many'
        ELSE 'noted' END;
    IF change.outcome = 'noted' THEN
        INSERT INTO invite_links AS l (tenant_id, id, conversation_id, token_hash, role, created_by, created_at, expires_at,
                                       max_uses, ends_at)
        VALUES (tenant, link, conversation, hash, role, actor, head.moment, expires, max_uses,
                coalesce(expires, 'infinity'))
        ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash WHERE l.conversation_id = conversation;
        IF NOT FOUND THEN
            change.outcome := 'conflict'; -- somebody has used the id elsewhere meanwhile
        END IF;
    END IF;
    RETURN change;
END
$$;

CREATE FUNCTION revoke_invite(tenant uuid, conversation uuid, actor uuid, link uuid) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, conversation, conversation, actor, NULL);
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 THEN 'not_found'
        WHEN head.type <> 'group' OR NOT permits(head.permissions, head.actor_rank, 'invite') THEN 'forbidden'
        WHEN NOT EXISTS (SELECT FROM invite_links l WHERE l.id = link AND l.conversation_id = conversation) THEN 'not_found'
        ELSE 'noted' END;
    IF change.outcome = 'noted' THEN
        UPDATE invite_links l SET revoked_at = coalesce(l.revoked_at, head.moment), ends_at = least(l.ends_at, head.moment)
         WHERE l.id = link;
    END IF;
    RETURN change;
END
$$;

-- Counts a try; answers the milliseconds until he may try again, 0 if he may now.
CREATE FUNCTION take_look(tenant uuid, person uuid, per_minute int) RETURNS bigint
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    left_over double precision;
BEGIN
    INSERT INTO invite_looks AS q (tenant_id, user_id, looks_left, counted_at)
    VALUES (tenant, person, per_minute - 1, clock_timestamp())
    ON CONFLICT (tenant_id, user_id) DO UPDATE
       SET looks_left = greatest(-1, least(per_minute, q.looks_left
               + greatest(0, extract(epoch FROM clock_timestamp() - q.counted_at)) * per_minute / 60) - 1),
           counted_at = clock_timestamp()
    RETURNING q.looks_left INTO left_over;
    RETURN CASE WHEN left_over >= 0 THEN 0 ELSE ceil(-left_over * 60000 / per_minute) END;
END
$$;

-- What a token leads to, for somebody who may come in by it or is in already; else no row.
CREATE FUNCTION look_at_invite(tenant uuid, person uuid, hash bytea)
    RETURNS TABLE (conversation uuid, name text, description text, color text, icon text, member_count int, joined boolean)
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT c.id, c.name, c.description, c.color, c.icon, c.member_count, m.user_id IS NOT NULL
      FROM invite_links l
      JOIN conversations c ON c.id = l.conversation_id AND c.tenant_id = tenant AND c.status = 'active'
      LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = person AND m.active
     WHERE l.token_hash = hash AND l.tenant_id = tenant AND works(l) AND NOT any_banned(c.id, ARRAY[person])
$$;

-- Comes in by a link; whoever is in uses nothing up ('unchanged'). Its role above 'member' holds only as long as its maker
-- still could give it, and for no guest. Outcomes: 'ok', 'unchanged', 'duplicate', 'not_found' (it does not work, or he is
-- banned), 'archived', 'too_many' (members).
CREATE FUNCTION accept_invite(tenant uuid, conversation uuid, actor uuid, hash bytea, message_id uuid, max_members int)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
    link   invite_links;
    maker  int;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, conversation, conversation, actor, message_id);
    SELECT * INTO link FROM invite_links l WHERE l.token_hash = hash AND l.conversation_id = conversation;
    change.outcome := CASE
        WHEN head IS NULL OR head.type <> 'group' THEN 'not_found'
        WHEN head.repeated THEN 'duplicate'
        WHEN NOT works(link) OR any_banned(conversation, ARRAY[actor]) THEN 'not_found'
        WHEN head.actor_rank > 0 THEN 'unchanged'
        WHEN head.archived THEN 'archived'
        WHEN NOT all_addable(tenant, actor, ARRAY[actor]) THEN 'not_found'
        WHEN head.member_count >= max_members THEN 'too_many'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    UPDATE invite_links l
       SET uses = l.uses + 1, ends_at = CASE WHEN l.uses + 1 = l.max_uses THEN head.moment ELSE l.ends_at END
     WHERE l.id = link.id;
    SELECT role_rank(m.role) INTO maker FROM members m
     WHERE m.root_id = conversation AND m.conversation_id = conversation AND m.user_id = link.created_by AND m.active;
    RETURN take_in(change, head, tenant, conversation, conversation, actor, ARRAY[actor],
                   CASE WHEN link.role <> 'member' AND coalesce(maker, 0) >= role_rank(link.role)
                             AND fit_to_lead(tenant, ARRAY[actor]) THEN link.role ELSE 'member' END,
                   link.created_by, message_id, 'member_joined');
END
$$;

-- The end ------------------------------------------------------------------------------------------------------------------

-- Restored conversations whose members have not all been told yet: those up to `told_to` have.
CREATE TABLE restorations (
    conversation_id uuid PRIMARY KEY,
    tenant_id       uuid NOT NULL,
    told_to         uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);

-- The second half of all that ends a group: from now on it is not there for anybody, whoever is a member. One row for as
-- many members as there are.
CREATE FUNCTION end_conversation(change conversation_change, head locked_conversation, tenant uuid, conversation uuid)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    change.version := head.last_version + 1;
    change.event := 'conversation.deleted';
    UPDATE conversations c SET status = 'deleted', deleted_at = head.moment, version = change.version
     WHERE c.root_id = conversation AND c.id = conversation;
    UPDATE conversation_counters k SET send_rank = 4 WHERE k.root_id = conversation AND k.id = conversation;
    DELETE FROM restorations r WHERE r.conversation_id = conversation;
    RETURN note_change(change, head, tenant, conversation, conversation);
END
$$;

CREATE FUNCTION delete_conversation(tenant uuid, conversation uuid, actor uuid) RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
BEGIN
    SELECT * INTO head FROM lock_conversation(tenant, conversation, conversation, actor, NULL);
    change.outcome := CASE
        WHEN head IS NULL OR head.actor_rank = 0 THEN 'not_found'
        WHEN head.type <> 'group' OR NOT permits(head.permissions, head.actor_rank, 'delete_conversation') THEN 'forbidden'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    RETURN end_conversation(change, head, tenant, conversation);
END
$$;

-- Brings a deleted group back as it was, for those who could delete it, as long as it is kept. Its members are told one after
-- the other, by bring_back.
CREATE FUNCTION restore_conversation(tenant uuid, conversation uuid, actor uuid, message_id uuid, kept interval)
    RETURNS conversation_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head   locked_conversation;
    change conversation_change;
    room   conversations;
    own    members;
BEGIN
    PERFORM FROM conversation_counters k WHERE k.root_id = conversation AND k.id = conversation FOR NO KEY UPDATE;
    SELECT * INTO room FROM conversations c
     WHERE c.root_id = conversation AND c.id = conversation AND c.tenant_id = tenant AND c.type = 'group';
    SELECT * INTO own FROM members m
     WHERE m.root_id = conversation AND m.conversation_id = conversation AND m.user_id = actor AND m.active;
    change.outcome := CASE
        WHEN room.id IS NULL OR own.user_id IS NULL AND actor IS NOT NULL THEN 'not_found'
        WHEN actor IS NOT NULL AND NOT permits(permissions_of(room.permissions, false, own.role_id), role_rank(own.role),
                                               'delete_conversation')
            THEN CASE room.status WHEN 'active' THEN 'forbidden' ELSE 'not_found' END
        WHEN room.status = 'active' THEN 'unchanged'
        WHEN room.status <> 'deleted' OR room.deleted_at < clock_timestamp() - kept THEN 'not_found'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    UPDATE conversations c SET status = 'active', deleted_at = NULL WHERE c.root_id = conversation AND c.id = conversation;
    UPDATE conversation_counters k SET send_rank = send_rank(room.permissions, room.archived_at IS NOT NULL)
     WHERE k.root_id = conversation AND k.id = conversation;
    SELECT * INTO head FROM lock_conversation(tenant, conversation, conversation, actor, message_id);
    change.version := head.last_version + 1;
    change.member_count := head.member_count;
    change.event := 'conversation.updated';
    change.changed := jsonb_build_object('status', CASE WHEN head.archived THEN 'archived' ELSE 'active' END,
                                         'deletedAt', NULL);
    UPDATE conversations c SET version = change.version WHERE c.root_id = conversation AND c.id = conversation;
    INSERT INTO restorations (conversation_id, tenant_id) VALUES (conversation, tenant) ON CONFLICT DO NOTHING;
    RETURN announce_change(change, head, tenant, conversation, conversation, actor, message_id, NULL, NULL,
                           jsonb_build_object('event', 'restored'));
END
$$;

-- Tells the next so many members of a restored conversation that they are in it, and in those of its threads that they follow:
-- their rows take a version, by which their devices find them in the journal. Answers whether there may be more to do.
CREATE FUNCTION bring_back(most int) RETURNS boolean
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    work   restorations;
    people uuid[];
    rooms  record;
    taken  bigint[];
BEGIN
    SELECT * INTO work FROM restorations r ORDER BY r.conversation_id LIMIT 1;
    PERFORM FROM conversation_counters k
      WHERE k.root_id = work.conversation_id AND k.id = work.conversation_id FOR NO KEY UPDATE;
    SELECT * INTO work FROM restorations r WHERE r.conversation_id = work.conversation_id;
    IF work.conversation_id IS NULL THEN
        RETURN EXISTS (SELECT FROM restorations);
    END IF;
    people := ARRAY(SELECT m.user_id FROM members m
                     WHERE m.conversation_id = work.conversation_id AND m.active AND m.user_id > work.told_to
                     ORDER BY m.user_id LIMIT most);
    IF cardinality(people) = 0 THEN
        DELETE FROM restorations r WHERE r.conversation_id = work.conversation_id;
        RETURN EXISTS (SELECT FROM restorations);
    END IF;
    UPDATE restorations r SET told_to = people[cardinality(people)] WHERE r.conversation_id = work.conversation_id;
    SELECT array_agg(u.user_id) AS users, array_agg(u.conversation_id) AS ids, array_agg(u.tenant_id) AS tenants INTO rooms
      FROM user_conversations u
     WHERE u.tenant_id = work.tenant_id AND u.user_id = ANY (people) AND u.root_id = work.conversation_id
       AND u.state = 'member';
    SELECT array_agg(v.user_version ORDER BY v.ord) INTO taken FROM take_user_versions(rooms.tenants, rooms.users) v;
    UPDATE user_conversations u SET user_version = t.user_version
      FROM unnest(rooms.users, rooms.ids, taken) AS t (user_id, conversation_id, user_version)
     WHERE u.tenant_id = work.tenant_id AND u.user_id = t.user_id AND u.conversation_id = t.conversation_id;
    INSERT INTO journal (user_tenants, users, user_versions)
    SELECT array_agg(work.tenant_id), array_agg(user_id), array_agg(user_version)
      FROM (SELECT user_id, max(user_version) AS user_version FROM unnest(rooms.users, taken) AS t (user_id, user_version)
             GROUP BY user_id) p;
    RETURN true;
END
$$;

-- Every table that keeps something of conversations, and by which of its indexes that is found: 'conversation', one that
-- begins with it; 'person', one that begins with tenant and person; 'none'. Not the pairs of direct conversations, which
-- have no end, and not what search has of messages, which goes with these.
CREATE FUNCTION conversation_tables() RETURNS TABLE (name regclass, found_by text)
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT c.oid::regclass,
           CASE WHEN bool_or(i.columns[1] = 'conversation_id') THEN 'conversation'
                WHEN bool_or(i.columns[1:2] = '{tenant_id,user_id}') THEN 'person' ELSE 'none' END
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'conversation_id' AND NOT a.attisdropped
      LEFT JOIN LATERAL (
           SELECT array_agg(k.attname::text ORDER BY p.place) AS columns
             FROM pg_index x CROSS JOIN unnest(x.indkey) WITH ORDINALITY AS p (number, place)
             JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = p.number
            WHERE x.indrelid = c.oid AND x.indpred IS NULL GROUP BY x.indexrelid) i ON true
     WHERE c.relnamespace = 'parley'::regnamespace AND c.relkind = 'r'
       AND c.relname NOT IN ('direct_pairs', 'search_documents')
     GROUP BY c.oid
     ORDER BY c.relname
$$;

-- One step, of at most so many rows of a table or so many members, towards nothing being left of a conversation that has
-- been deleted for longer than it is kept, or of a thread, which nobody restores: that waits only until no node follows it
-- any more. Answers whether there may be more to do. What is left in the end is that people were in it once, for devices
-- that have been away all the time.
CREATE FUNCTION purge_step(kept interval, most int) RETURNS boolean
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    gone   conversations;
    place  record;
    hits   int;
    people uuid[];
    taken  bigint[];
BEGIN
    SELECT * INTO gone FROM conversations c
     WHERE c.status <> 'active'
       AND (c.status = 'purging'
            OR c.deleted_at < clock_timestamp() - CASE c.type WHEN 'thread' THEN least(kept, interval '10 minutes') ELSE kept END)
     ORDER BY c.type = 'thread' DESC, c.id LIMIT 1;
    PERFORM FROM conversation_counters k WHERE k.root_id = gone.root_id AND k.id = gone.id FOR NO KEY UPDATE;
    IF gone.status = 'deleted' THEN
        UPDATE conversations c SET status = 'purging'
         WHERE c.id = gone.id AND c.root_id = gone.root_id AND c.status = 'deleted' AND c.deleted_at = gone.deleted_at;
        IF FOUND AND gone.id = gone.root_id THEN
            UPDATE conversations c SET status = 'purging' WHERE c.root_id = gone.id AND c.id <> c.root_id;
        END IF;
        RETURN true;
    ELSIF gone.id IS NULL THEN
        RETURN false;
    END IF;

    FOR place IN SELECT * FROM conversation_tables() t
                  WHERE t.found_by <> 'person' AND t.name NOT IN ('members'::regclass, 'user_conversations'::regclass) LOOP
        EXECUTE format('DELETE FROM %1$s WHERE ctid = ANY (ARRAY('
                       'SELECT ctid FROM %1$s WHERE conversation_id = $1 LIMIT $2))', place.name) USING gone.id, most;
        GET DIAGNOSTICS hits = ROW_COUNT;
        IF hits > 0 THEN
            RETURN true;
        END IF;
    END LOOP;

    people := ARRAY(SELECT m.user_id FROM members m WHERE m.conversation_id = gone.id LIMIT most);
    IF cardinality(people) > 0 THEN
        FOR place IN SELECT * FROM conversation_tables() t
                      WHERE t.found_by = 'person' AND t.name <> 'user_conversations'::regclass LOOP
            EXECUTE format('DELETE FROM %s WHERE tenant_id = $1 AND user_id = ANY ($2) AND conversation_id = $3', place.name)
              USING gone.tenant_id, people, gone.id;
        END LOOP;
        DELETE FROM members m WHERE m.conversation_id = gone.id AND m.user_id = ANY (people);
        people := ARRAY(SELECT u.user_id FROM user_conversations u
                         WHERE u.tenant_id = gone.tenant_id AND u.user_id = ANY (people) AND u.conversation_id = gone.id
                           AND u.state = 'member');
        IF cardinality(people) > 0 THEN
            SELECT array_agg(v.user_version ORDER BY v.ord) INTO taken
              FROM take_user_versions(array_fill(gone.tenant_id, ARRAY[cardinality(people)]), people) v;
            UPDATE user_conversations u SET state = 'lost', user_version = t.user_version, lost_at = clock_timestamp()
              FROM unnest(people, taken) AS t (user_id, user_version)
             WHERE u.tenant_id = gone.tenant_id AND u.user_id = t.user_id AND u.conversation_id = gone.id;
            INSERT INTO journal (user_tenants, users, user_versions)
            VALUES (array_fill(gone.tenant_id, ARRAY[cardinality(people)]), people, taken);
        END IF;
        RETURN true;
    END IF;
    DELETE FROM conversations c WHERE c.id = gone.id AND c.root_id = gone.root_id;
    DELETE FROM conversation_counters k WHERE k.id = gone.id AND k.root_id = gone.root_id;
    RETURN true;
END
$$;

-- Making -------------------------------------------------------------------------------------------------------------------

-- What groups can be made of. `settings` as clients give them, with `words` beside a name; for `members` see
-- open_conversations.
CREATE TABLE templates (
    tenant_id   uuid        NOT NULL,
    id          uuid        PRIMARY KEY,
    name        text        NOT NULL,
    description text,
    type        text        NOT NULL CHECK (type IN ('group')),
    settings    jsonb       NOT NULL,
    members     uuid[]      NOT NULL,
    created_by  uuid        NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);
CREATE INDEX templates_tenant ON templates (tenant_id, name);

-- Makes a template, replaces it by what is given, or deletes it (`new_name` null): for platform admins. Outcomes: 'ok',
-- 'unchanged' (it is there), 'forbidden', 'not_found', 'user_not_found' (a member), 'conflict' (the id is used), 'too_many'.
CREATE FUNCTION store_template(tenant uuid, actor uuid, template uuid, making boolean, new_name text, new_description text,
                               new_settings jsonb, new_members uuid[], most int) RETURNS text
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    old     templates;
    outcome text;
    moment  timestamptz := date_trunc('milliseconds', clock_timestamp());
BEGIN
    SELECT * INTO old FROM templates t WHERE t.id = template FOR NO KEY UPDATE;
    outcome := CASE
        WHEN NOT is_platform_admin(tenant, actor) THEN 'forbidden'
        WHEN making AND old.id IS NOT NULL THEN
             CASE WHEN old.tenant_id = tenant AND old.created_by = actor AND old.name = new_name
                       AND old.description IS NOT DISTINCT FROM new_description
                       AND old.settings = new_settings AND old.members = new_members THEN 'unchanged' ELSE 'conflict' END
        WHEN NOT making AND old.tenant_id IS DISTINCT FROM tenant THEN 'not_found'
        WHEN new_name IS NOT NULL AND cardinality(new_members) > (
             SELECT count(*) FROM users u
              WHERE u.id = ANY (new_members) AND (u.tenant_id = tenant) IS TRUE AND u.status = 'active') THEN 'user_not_found'
        WHEN making AND most <= (SELECT count(*) FROM templates t WHERE t.tenant_id = tenant) THEN 'too_many'
        ELSE 'ok' END;
    IF outcome = 'ok' AND new_name IS NULL THEN
        DELETE FROM templates t WHERE t.id = template;
    ELSIF outcome = 'ok' THEN
        INSERT INTO templates AS t (tenant_id, id, name, description, type, settings, members, created_by, created_at, updated_at)
        VALUES (tenant, template, new_name, new_description, 'group', new_settings, new_members, actor, moment, moment)
        ON CONFLICT (id) DO UPDATE
           SET name = excluded.name, description = excluded.description, settings = excluded.settings,
               members = excluded.members, updated_at = excluded.updated_at
         WHERE t.tenant_id = tenant;
        IF NOT FOUND THEN
            outcome := 'conflict'; -- another tenant has used the id meanwhile
        END IF;
    END IF;
    RETURN outcome;
END
$$;

-- Makes conversations, as create_conversations does, with all their settings: items have "settings" (see with_settings, and
-- 'slowModeSeconds') in place of name, visibility and history, and "template", whose settings and members (those who can be
-- added now) go before. Further outcomes: 'template_not_found', 'name_missing', 'too_many' (members), 'guest' (who makes no
-- groups), 'guest_in_charge' (whom an operator would have owned it). `settings` as of conversation_settings, for 'created'
-- only.
CREATE FUNCTION open_conversations(items jsonb, max_members int)
    RETURNS TABLE (ord int, outcome text, id uuid, version bigint, created_at timestamptz, members jsonb, settings jsonb)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    wanted jsonb[] := '{}'; -- the items with what their templates say
    places int[] := '{}';
    item   record;
    entry  record;
BEGIN
    FOR item IN
        SELECT e.ord::int AS ord, e.item, e.item ->> 'template' AS template, t.id AS template_id,
               coalesce(t.settings, '{}') || coalesce(e.item -> 'settings', '{}')
               || CASE WHEN t.settings ? 'permissions' THEN jsonb_build_object('permissions',
                       t.settings -> 'permissions' || coalesce(e.item -> 'settings' -> 'permissions', '{}')) ELSE '{}' END
                   AS settings,
               CASE WHEN t.id IS NULL THEN e.item -> 'members' ELSE (
                    SELECT coalesce(jsonb_agg(DISTINCT p.person), '[]')
                      FROM (SELECT jsonb_array_elements_text(e.item -> 'members') AS person
                            UNION ALL
                            SELECT u.id::text FROM users u
                             WHERE u.id = ANY (t.members) AND (u.tenant_id = t.tenant_id) IS TRUE
                               AND all_addable(t.tenant_id, (e.item ->> 'creator')::uuid, ARRAY[u.id])) p) END
                   AS members
          FROM jsonb_array_elements(items) WITH ORDINALITY AS e (item, ord)
          LEFT JOIN templates t ON t.id = (e.item ->> 'template')::uuid AND t.tenant_id = (e.item ->> 'tenant')::uuid
         ORDER BY e.ord
    LOOP
        outcome := CASE
            WHEN item.item ->> 'type' = 'group' AND NOT fit_to_lead((item.item ->> 'tenant')::uuid, ARRAY[
                 coalesce(item.item ->> 'creator', item.members ->> 0)::uuid])
                THEN CASE WHEN item.item ->> 'creator' IS NULL THEN 'guest_in_charge' ELSE 'guest' END
            WHEN item.template IS NOT NULL AND item.template_id IS NULL THEN 'template_not_found'
            WHEN item.item ->> 'type' = 'group' AND NOT item.settings ? 'name' THEN 'name_missing'
            WHEN jsonb_array_length(item.members) + (item.item ->> 'creator' IS NOT NULL)::int > max_members
                THEN 'too_many' END;
        IF outcome IS NULL THEN
            places := places || item.ord;
            wanted := wanted || (item.item || jsonb_build_object(
                'members', item.members, 'settings', item.settings, 'name', item.settings ->> 'name',
                'visibility', coalesce(item.settings ->> 'visibility', 'private'),
                'history', coalesce(item.settings ->> 'history', 'all')));
        ELSE
            ord := item.ord;
            RETURN NEXT;
        END IF;
    END LOOP;

    FOR entry IN SELECT * FROM create_conversations(to_jsonb(wanted)) LOOP
        ord := places[entry.ord];
        outcome := entry.outcome;
        id := entry.id;
        version := entry.version;
        created_at := entry.created_at;
        members := entry.members;
        settings := NULL;
        IF entry.outcome = 'created' THEN
            settings := set_up(entry.id, wanted[entry.ord] -> 'settings');
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

-- Gives a conversation that has just been made, in this transaction, its settings.
CREATE FUNCTION set_up(conversation uuid, wanted jsonb) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    room conversations;
    slow int := coalesce((wanted ->> 'slowModeSeconds')::int, 0);
BEGIN
    SELECT * INTO room FROM conversations c WHERE c.id = conversation AND c.root_id = conversation;
    IF room.type = 'group' THEN
        SELECT * INTO room FROM with_settings(room, wanted);
        UPDATE conversations c
           SET words = room.words, description = room.description, topic = room.topic, color = room.color, icon = room.icon,
               notifications = room.notifications, permissions = room.permissions,
               disappear_after = room.disappear_after
         WHERE c.id = conversation AND c.root_id = conversation;
        IF slow > 0 OR room.permissions ? 'send' OR room.disappear_after > 0 THEN
            UPDATE conversation_counters k SET slow_seconds = slow, send_rank = send_rank(room.permissions, false),
                   disappear_after = room.disappear_after
             WHERE k.id = conversation AND k.root_id = conversation;
        END IF;
    END IF;
    RETURN conversation_settings(room, slow);
END
$$;

-- Finding ------------------------------------------------------------------------------------------------------------------

-- The words of all that stands in the directory, one a row, as user_words.
CREATE TABLE directory_words (
    tenant_id       uuid NOT NULL,
    word            text COLLATE "C" NOT NULL,
    conversation_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, word, conversation_id)
);
CREATE INDEX directory_words_conversation ON directory_words (conversation_id);

CREATE FUNCTION follow_directory() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    DELETE FROM directory_words d WHERE d.conversation_id = NEW.id;
    INSERT INTO directory_words (tenant_id, word, conversation_id)
    SELECT DISTINCT NEW.tenant_id, w, NEW.id FROM unnest(NEW.words) AS w
     WHERE NEW.visibility = 'public' AND NEW.status = 'active' AND NEW.archived_at IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER follow_directory AFTER UPDATE OF words, visibility, status, archived_at ON conversations FOR EACH ROW
    WHEN ((OLD.visibility = 'public' OR NEW.visibility = 'public')
          AND (OLD.words, OLD.visibility, OLD.status, OLD.archived_at)
              IS DISTINCT FROM (NEW.words, NEW.visibility, NEW.status, NEW.archived_at))
    EXECUTE FUNCTION follow_directory();

-- The words by which somebody finds a conversation that he is in: those of its name, of a direct one the other person's.
CREATE FUNCTION words_of(conversation uuid, person uuid) RETURNS text[]
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT CASE WHEN c.type <> 'direct' THEN c.words ELSE (
           SELECT u.words FROM members o JOIN users u ON u.tenant_id = o.tenant_id AND u.id = o.user_id
            WHERE o.conversation_id = c.id AND o.root_id = c.id ORDER BY o.user_id = person LIMIT 1) END
      FROM conversations c WHERE c.id = conversation AND c.root_id = conversation
$$;

-- Sending ------------------------------------------------------------------------------------------------------------------

-- Whether a role of his own lets somebody send whose rank is too low. As the functions before append_messages: no part of
-- its statement.
CREATE FUNCTION sends_by_role(role_id uuid, send_rank int) RETURNS boolean
    LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_variable
BEGIN
    RETURN send_rank < 4 AND EXISTS (
        SELECT FROM parley.roles r
         WHERE r.id = role_id AND r.deleted_at IS NULL AND 'send' = ANY (r.permissions));
END
$$;
