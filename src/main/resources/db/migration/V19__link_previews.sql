-- Link previews: what is known of the links in messages, and which messages wait for it.
--
-- A link is known per tenant, so that no tenant learns from another's cache what is read there. It is 'wanted' until
-- somebody has fetched it, and then 'known' for a while, also when there was nothing to show. Whoever fetches moves
-- `due_at` on and signs; when he dies, somebody else finds it due again, and what he still writes is not taken.
--
-- A message waits as a whole, until none of its links is wanted any more: then they become part of it in one change.

CREATE TABLE link_previews (
    tenant_id uuid        NOT NULL,
    url       text        NOT NULL, -- as the message says it
    host      text        NOT NULL,
    state     text        NOT NULL CHECK (state IN ('wanted', 'known')),
    found     jsonb,                -- null: nothing to show, or not known yet
    due_at    timestamptz NOT NULL, -- wanted: not to be fetched before; known: to be forgotten then
    claim     uuid,                 -- who fetches it
    attempts  int         NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, url)
);
CREATE INDEX link_previews_due ON link_previews (state, due_at);

CREATE TABLE preview_wishes (
    tenant_id       uuid        NOT NULL,
    conversation_id uuid        NOT NULL,
    message_id      uuid        NOT NULL,
    version         bigint      NOT NULL, -- of the message, when its links were read
    edited_at       timestamptz,          -- the same; what was edited since is read anew
    urls            text[]      NOT NULL, -- none: the message has links no more
    wished_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    busy_until      timestamptz NOT NULL DEFAULT '-infinity', -- somebody makes them part of the message
    PRIMARY KEY (conversation_id, message_id)
);
CREATE INDEX preview_wishes_age ON preview_wishes (wished_at);

-- Links of which a message has ever wanted previews, until it is gone: what is known of a link, be it only that there is
-- nothing to show, is known under its address, and that is what somebody has said.
CREATE TABLE message_links (
    tenant_id       uuid   NOT NULL,
    conversation_id uuid   NOT NULL,
    message_id      uuid   NOT NULL,
    urls            text[] NOT NULL,
    PRIMARY KEY (conversation_id, message_id)
);

-- The texts with links, or with previews, among what has changed in conversations between two versions. `shown` are the
-- links that have previews; `unwanted`: by the sender; `current`: written lately, where the tenant wants previews.
--
-- Here and below the planner is left no choice but indexes, and here but the one that is in the order of versions: a
-- plan made while the tables are small is kept.
CREATE FUNCTION linked_messages(conversations uuid[], firsts bigint[], lasts bigint[])
    RETURNS TABLE (tenant_id uuid, conversation_id uuid, id uuid, version bigint, edited_at timestamptz, said text,
                   shown text[], unwanted boolean, current boolean)
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_sort = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT s.tenant_id, s.conversation_id, s.id, s.version, s.edited_at, s.content::jsonb ->> 'text',
           ARRAY(SELECT l ->> 'url' FROM jsonb_array_elements(s.state -> 'links') AS l),
           s.content::jsonb -> 'preview' IS NOT DISTINCT FROM 'false'
               OR s.state -> 'preview' IS NOT DISTINCT FROM 'false',
           coalesce(s.edited_at, s.created_at) > clock_timestamp() - interval '1 hour'
               AND NOT EXISTS (SELECT FROM tenants t WHERE t.id = s.tenant_id AND t.settings -> 'previews' = 'false')
      FROM unnest(conversations, firsts, lasts) AS c (id, first, last)
     CROSS JOIN LATERAL (
           SELECT s.* FROM messages s
            WHERE s.conversation_id = c.id AND s.version BETWEEN c.first AND c.last AND s.version > 0
              AND s.type = 'text' AND s.deleted_at IS NULL
              AND (s.state ? 'links' OR s.content ~ '://|[wW][wW][wW]\.')
            ORDER BY s.version) s;
END
$$;

-- Signs some of the links that are due, the oldest first, few of each host and none of those `without`.
CREATE FUNCTION claim_links(most int, most_of_host int, without text[], claim uuid, lasting interval)
    RETURNS TABLE (tenant_id uuid, url text, host text, attempts int)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH next AS (
        SELECT d.tenant_id, d.url FROM (
            SELECT w.*, row_number() OVER (PARTITION BY w.host ORDER BY w.due_at) AS nth FROM (
                SELECT * FROM link_previews p
                 WHERE p.state = 'wanted' AND p.due_at <= clock_timestamp() AND p.host <> ALL (without)
                 ORDER BY p.due_at LIMIT 200) w) d
         WHERE d.nth <= most_of_host ORDER BY d.due_at LIMIT most)
    UPDATE link_previews p
       SET claim = claim_links.claim, attempts = p.attempts + 1, due_at = clock_timestamp() + lasting
      FROM next n
     WHERE p.tenant_id = n.tenant_id AND p.url = n.url
       AND p.state = 'wanted' AND p.due_at <= clock_timestamp() -- judged again when another node was quicker
    RETURNING p.tenant_id, p.url, p.host, p.attempts;
END
$$;

-- The messages of whose links none is wanted any more, each for one node for a while.
CREATE FUNCTION ready_wishes(most int) RETURNS TABLE (tenant_id uuid, conversation_id uuid, message_id uuid)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    UPDATE preview_wishes w SET busy_until = clock_timestamp() + interval '20 seconds'
      FROM (SELECT w.conversation_id, w.message_id FROM preview_wishes w
             WHERE w.busy_until < clock_timestamp() AND NOT EXISTS (
                   SELECT FROM unnest(w.urls) AS u (url)
                     JOIN link_previews p ON p.tenant_id = w.tenant_id AND p.url = u.url AND p.state = 'wanted')
             ORDER BY w.wished_at LIMIT most FOR UPDATE SKIP LOCKED) r
     WHERE w.conversation_id = r.conversation_id AND w.message_id = r.message_id
    RETURNING w.tenant_id, w.conversation_id, w.message_id;
END
$$;

-- Puts down what messages wait for: [{"tenant","conversation","message","version","editedAt","urls":[…],"hosts":[…]}…];
-- and whose links they are. What is read again, or comes late, changes nothing. Beyond `most` waiting messages no more
-- are taken in that would have something fetched; answers how many those were.
CREATE FUNCTION wish_previews(wishes jsonb, most int) RETURNS int
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    room    int := most - (SELECT count(*) FROM (SELECT FROM preview_wishes LIMIT most) w);
    dropped int;
BEGIN
    WITH given AS MATERIALIZED (
        SELECT (w ->> 'tenant')::uuid AS tenant_id, (w ->> 'conversation')::uuid AS conversation_id,
               (w ->> 'message')::uuid AS message_id, (w ->> 'version')::bigint AS version,
               (w ->> 'editedAt')::timestamptz AS edited_at,
               ARRAY(SELECT jsonb_array_elements_text(w -> 'urls')) AS urls,
               ARRAY(SELECT jsonb_array_elements_text(w -> 'hosts')) AS hosts,
               count(*) FILTER (WHERE w -> 'urls' <> '[]') OVER (ORDER BY place) AS nth
          FROM jsonb_array_elements(wishes) WITH ORDINALITY AS e (w, place)
    ), taken AS (
        INSERT INTO preview_wishes AS w (tenant_id, conversation_id, message_id, version, edited_at, urls)
        SELECT tenant_id, conversation_id, message_id, version, edited_at, urls FROM given
         WHERE nth <= room OR urls = '{}'
         ORDER BY conversation_id, message_id
        ON CONFLICT (conversation_id, message_id) DO UPDATE
           SET version = excluded.version, edited_at = excluded.edited_at, urls = excluded.urls
         WHERE w.version < excluded.version
        RETURNING w.conversation_id, w.message_id
    ), kept AS (
        INSERT INTO message_links AS l (tenant_id, conversation_id, message_id, urls)
        SELECT tenant_id, conversation_id, message_id, urls FROM given JOIN taken USING (conversation_id, message_id)
         WHERE urls <> '{}'
         ORDER BY conversation_id, message_id
        ON CONFLICT (conversation_id, message_id) DO UPDATE
           SET urls = ARRAY(SELECT unnest(l.urls) UNION SELECT unnest(excluded.urls))
    ), wanted AS (
        INSERT INTO link_previews AS p (tenant_id, url, host, state, due_at)
        SELECT DISTINCT ON (tenant_id, url) tenant_id, url, host, 'wanted', clock_timestamp()
          FROM given JOIN taken USING (conversation_id, message_id), unnest(urls, hosts) AS l (url, host)
         ORDER BY tenant_id, url
        ON CONFLICT (tenant_id, url) DO UPDATE
           SET state = 'wanted', due_at = excluded.due_at, claim = NULL, attempts = 0
         WHERE p.state = 'known' AND p.due_at < excluded.due_at
    )
    SELECT count(*) INTO dropped FROM given WHERE nth > room AND urls <> '{}';
    RETURN dropped;
END
$$;

-- Forgets links, but those that other messages wait for; in the order in which wish_previews takes them.
CREATE FUNCTION forget_links(tenant uuid, urls text[]) RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    link text;
BEGIN
    FOR link IN SELECT DISTINCT u FROM unnest(urls) AS u ORDER BY 1 LOOP
        DELETE FROM link_previews p
         WHERE p.tenant_id = tenant AND p.url = link
           AND NOT EXISTS (SELECT FROM preview_wishes w WHERE w.tenant_id = tenant AND link = ANY (w.urls));
    END LOOP;
END
$$;

-- Makes what is known of a message's links part of it, as it is now, and ends its waiting. Outcomes: 'ok', 'unchanged'
-- (it has nothing else to show than before; or it was edited since, or is gone).
CREATE FUNCTION attach_previews(tenant uuid, conversation uuid, message_id uuid) RETURNS message_change
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    head    locked_message;
    changed messages;
    change  message_change;
    wish    preview_wishes;
    linked  text[];
    links   jsonb;
BEGIN
    SELECT * INTO head FROM lock_message(tenant, conversation, NULL, message_id);
    DELETE FROM preview_wishes w WHERE w.conversation_id = conversation AND w.message_id = message_id
    RETURNING * INTO wish;
    change.outcome := 'unchanged';
    changed := head.message;
    IF head.root_id IS NULL OR changed.deleted_at IS NOT NULL THEN
        DELETE FROM message_links l WHERE l.conversation_id = conversation AND l.message_id = message_id
        RETURNING l.urls INTO linked;
        PERFORM forget_links(tenant, linked || wish.urls);
        RETURN change;
    ELSIF wish.message_id IS NULL OR changed.edited_at IS DISTINCT FROM wish.edited_at THEN
        RETURN change;
    END IF;
    SELECT jsonb_agg(jsonb_build_object('url', p.url) || p.found ORDER BY l.place) INTO links
      FROM unnest(wish.urls) WITH ORDINALITY AS l (url, place)
      JOIN link_previews p ON p.tenant_id = tenant AND p.url = l.url AND p.found IS NOT NULL
     WHERE changed.state -> 'preview' IS DISTINCT FROM 'false';
    IF links IS NOT DISTINCT FROM changed.state -> 'links' THEN
        RETURN change;
    END IF;
    changed.state := nullif(coalesce(changed.state, '{}') - 'links'
                            || CASE WHEN links IS NULL THEN '{}' ELSE jsonb_build_object('links', links) END, '{}');
    RETURN store_message(head, changed);
END
$$;

-- Takes the previews off a message for good, also when it is edited later. Outcomes: 'ok', 'unchanged', 'not_found',
-- 'forbidden' (somebody else's).
CREATE FUNCTION remove_previews(tenant uuid, conversation uuid, actor uuid, message_id uuid) RETURNS message_change
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
        WHEN changed.sender_id IS DISTINCT FROM actor OR changed.type = 'system' THEN 'forbidden'
        WHEN changed.state -> 'preview' = 'false' THEN 'unchanged'
        ELSE 'ok' END;
    IF change.outcome <> 'ok' THEN
        RETURN change;
    END IF;
    changed.state := coalesce(changed.state, '{}') - 'links' || '{"preview": false}';
    RETURN store_message(head, changed);
END
$$;

-- Of a deleted message neither its waiting is left nor what was found, or is just being fetched, for any link that it
-- has ever had.
CREATE FUNCTION forget_previews() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    linked text[];
BEGIN
    DELETE FROM preview_wishes w WHERE w.conversation_id = NEW.conversation_id AND w.message_id = NEW.id;
    DELETE FROM message_links l WHERE l.conversation_id = NEW.conversation_id AND l.message_id = NEW.id
    RETURNING l.urls INTO linked;
    PERFORM forget_links(NEW.tenant_id, linked
        || ARRAY(SELECT l ->> 'url' FROM jsonb_array_elements(OLD.state -> 'links') AS l));
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_previews AFTER UPDATE OF deleted_at ON messages
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION forget_previews();
