-- A person's log-ins, as he sees them: on which device, since when, last used when, from where. A log-in is a row of
-- refresh_families; its access tokens name it (`sid`), so that with it end its tokens and its WebSockets.

-- The device is what the client says of itself. `address` is the network only, see coarse_address. `last_active_at` is
-- written every five minutes at most, with room to do so in place. `ended_version` is the person's version of the end, by
-- which a node that has missed the event learns which of his sessions must end.
ALTER TABLE refresh_families
    ADD device_id      text,
    ADD platform       text,
    ADD device_name    text,
    ADD app_version    text,
    ADD address        text,
    ADD last_active_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD ended_version  bigint,
    SET (fillfactor = 80);
CREATE INDEX refresh_families_ended ON refresh_families (ended_at) WHERE ended_at IS NOT NULL;

-- Access tokens of no log-in (of trusted issuers, of the operator's call) that were issued until then are refused: the
-- person has logged out everywhere. By the database's clock.
ALTER TABLE users ADD tokens_until timestamptz;

-- The network of an address, by which a person recognises a place and nobody finds a house: 24 bits of IPv4, 48 of IPv6.
CREATE FUNCTION coarse_address(address text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT network(set_masklen(a, CASE family(a) WHEN 4 THEN 24 ELSE 48 END))::text
      FROM CAST(nullif(address, 'unknown') AS inet) AS a
$$;

-- Whether access tokens hold: account and tenant are active, and the log-in has not ended or, without one, the token was
-- issued after the person last logged out everywhere. With what is known of the log-in's device, and whether it
-- is time to note that it is in use. A log-in that is not there has ended long ago. One row for each token, in order.
CREATE FUNCTION token_states(tenants uuid[], people uuid[], logins uuid[], issued timestamptz[])
    RETURNS TABLE (ord bigint, holds boolean, device_id text, platform text, device_name text, app_version text,
                   unnoted boolean)
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    RETURN QUERY
    SELECT t.ord,
           coalesce(u.status = 'active' AND n.status = 'active'
                    AND CASE WHEN t.login IS NULL THEN u.tokens_until IS NULL OR t.issued > u.tokens_until
                             ELSE f.id IS NOT NULL AND f.ended_at IS NULL END, false),
           f.device_id, f.platform, f.device_name, f.app_version,
           coalesce(f.last_active_at < clock_timestamp() - interval '5 minutes', false)
      FROM unnest(tenants, people, logins, issued) WITH ORDINALITY AS t (tenant, person, login, issued, ord)
      LEFT JOIN tenants n ON n.id = t.tenant
      LEFT JOIN users u ON u.tenant_id = t.tenant AND u.id = t.person
      LEFT JOIN refresh_families f ON f.id = t.login AND f.tenant_id = t.tenant AND f.user_id = t.person
     ORDER BY t.ord;
END
$$;

-- Ends those of the log-ins of a person that have not ended; one version for all. Who calls it has locked the account,
-- or nothing, and locks nothing afterwards.
CREATE FUNCTION end_logins(of_tenant uuid, person uuid, logins uuid[], why text)
    RETURNS TABLE (ended uuid[], user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    SELECT coalesce(array_agg(f.id), '{}') INTO ended
      FROM (SELECT id FROM refresh_families
             WHERE id = ANY (logins) AND tenant_id = of_tenant AND user_id = person AND ended_at IS NULL
             ORDER BY id FOR NO KEY UPDATE) f;
    IF cardinality(ended) > 0 THEN
        SELECT v.user_version INTO user_version
          FROM touch_lists(ARRAY[of_tenant], ARRAY[person], ARRAY['sessions']) v;
        UPDATE refresh_families
           SET ended_at = clock_timestamp(), end_reason = why, ended_version = end_logins.user_version
         WHERE id = ANY (ended);
    END IF;
    RETURN NEXT;
END
$$;

-- Logs a person out everywhere, but for the log-in `kept` if there is one. `also_tokens`: tokens of no log-in, too. Always
-- a change, because nobody knows of the tokens that it ends.
CREATE FUNCTION end_all_logins(of_tenant uuid, person uuid, kept uuid, also_tokens boolean)
    RETURNS TABLE (ended uuid[], tokens_until timestamptz, user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- The lock keeps log-ins that begin at the same time before or after this.
    PERFORM FROM users WHERE tenant_id = of_tenant AND id = person FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        ended := '{}';
        RETURN NEXT;
        RETURN;
    END IF;
    IF also_tokens THEN
        UPDATE users SET tokens_until = clock_timestamp()
         WHERE tenant_id = of_tenant AND id = person
        RETURNING users.tokens_until INTO tokens_until;
    END IF;
    SELECT e.ended, e.user_version INTO ended, user_version
      FROM end_logins(of_tenant, person,
                      ARRAY(SELECT id FROM refresh_families
                             WHERE tenant_id = of_tenant AND user_id = person AND ended_at IS NULL
                               AND id IS DISTINCT FROM kept), 'revoked') e;
    IF user_version IS NULL AND also_tokens THEN
        SELECT v.user_version INTO user_version
          FROM touch_lists(ARRAY[of_tenant], ARRAY[person], ARRAY['sessions']) v;
    END IF;
    RETURN NEXT;
END
$$;

-- A person logs in. Of more log-ins than `most` those end that were not used for longest. Two versions when some do.
-- Outcomes: ok; inactive (the account, or its tenant).
CREATE FUNCTION open_login(of_tenant uuid, person uuid, login uuid, of_selector bytea, token bytea, lifetime interval,
                           device_id text, platform text, device_name text, app_version text, address text, most int)
    RETURNS TABLE (outcome text, coarse text, created_at timestamptz, expires_at timestamptz, user_version bigint,
                   replaced uuid[], replaced_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- Before or after a suspension, and one log-in of a person after the other, so that they are counted right.
    PERFORM FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.status = 'active'
      WHERE u.tenant_id = of_tenant AND u.id = person AND u.status = 'active' FOR NO KEY UPDATE OF u;
    IF NOT FOUND THEN
        outcome := 'inactive';
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT e.ended, e.user_version INTO replaced, replaced_version
      FROM end_logins(of_tenant, person,
                      ARRAY(SELECT id FROM refresh_families
                             WHERE tenant_id = of_tenant AND user_id = person AND ended_at IS NULL
                             ORDER BY last_active_at DESC, id DESC OFFSET most - 1), 'replaced') e;
    INSERT INTO refresh_families AS f (id, tenant_id, user_id, selector, current, expires_at,
                                       device_id, platform, device_name, app_version, address)
    VALUES (login, of_tenant, person, of_selector, token, clock_timestamp() + lifetime,
            open_login.device_id, open_login.platform, open_login.device_name, open_login.app_version,
            coarse_address(open_login.address))
    RETURNING f.address, f.created_at, f.expires_at INTO coarse, created_at, expires_at;
    SELECT v.user_version INTO user_version FROM touch_lists(ARRAY[of_tenant], ARRAY[person], ARRAY['sessions']) v;
    outcome := 'ok';
    RETURN NEXT;
END
$$;

-- Exchanges the current token of a family for its successor, and notes the use. Outcomes: ok; unknown; ended; expired;
-- inactive (the account); reused (an old token: the family has ended now, as a change of the person's); overtaken
-- (another request with the same token, which was under way at the same time, was first: the family lives, its
-- successor is with that other request).
CREATE FUNCTION rotate_refresh_token(of_selector bytea, presented bytea, successor bytea, lifetime interval, address text)
    RETURNS TABLE (outcome text, family uuid, tenant uuid, person uuid, user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    f refresh_families;
BEGIN
    SELECT * INTO f FROM refresh_families WHERE selector = of_selector FOR NO KEY UPDATE;
    outcome := CASE
        WHEN f.id IS NULL THEN 'unknown'
        WHEN f.ended_at IS NOT NULL THEN 'ended'
        WHEN f.expires_at <= clock_timestamp() THEN 'expired'
        WHEN f.previous = presented AND f.rotated_at >= transaction_timestamp() THEN 'overtaken'
        WHEN f.current <> presented THEN 'reused'
        WHEN NOT EXISTS (SELECT FROM users u JOIN tenants t ON t.id = u.tenant_id
                          WHERE u.tenant_id = f.tenant_id AND u.id = f.user_id
                            AND u.status = 'active' AND t.status = 'active') THEN 'inactive'
        ELSE 'ok'
    END;
    IF outcome = 'reused' THEN
        SELECT e.user_version INTO user_version FROM end_logins(f.tenant_id, f.user_id, ARRAY[f.id], 'reuse') e;
    ELSIF outcome = 'ok' THEN
        UPDATE refresh_families
           SET previous = current, current = successor, rotated_at = clock_timestamp(),
               expires_at = clock_timestamp() + lifetime, last_active_at = clock_timestamp(),
               address = coarse_address(rotate_refresh_token.address)
         WHERE id = f.id;
    END IF;
    family := f.id;
    tenant := f.tenant_id;
    person := f.user_id;
    RETURN NEXT;
END
$$;

-- Ends the log-in of a refresh token, whichever of its tokens it is. No row when there is none, or it has ended.
CREATE FUNCTION log_out(of_selector bytea)
    RETURNS TABLE (family uuid, person uuid, user_version bigint)
    LANGUAGE sql SET search_path = parley, pg_temp
AS $$
    SELECT f.id, f.user_id, e.user_version
      FROM refresh_families f, end_logins(f.tenant_id, f.user_id, ARRAY[f.id], 'logout') e
     WHERE f.selector = of_selector AND e.user_version IS NOT NULL
$$;

-- Notes that log-ins are in use, and what their devices have said of themselves, as far as they have. Writes only
-- what is new, and the time when it is five minutes old.
CREATE FUNCTION note_logins(tenants uuid[], logins uuid[], device_ids text[], platforms text[], device_names text[],
                            app_versions text[])
    RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp
    SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    WITH noted AS MATERIALIZED (
        SELECT f.id, n.device_id, n.platform, n.device_name, n.app_version
          FROM unnest(tenants, logins, device_ids, platforms, device_names, app_versions)
               AS n (tenant, login, device_id, platform, device_name, app_version)
          JOIN refresh_families f ON f.id = n.login AND f.tenant_id = n.tenant AND f.ended_at IS NULL
         WHERE f.last_active_at < clock_timestamp() - interval '5 minutes'
            OR n.device_id <> coalesce(f.device_id, '') OR n.platform <> coalesce(f.platform, '')
            OR n.device_name <> coalesce(f.device_name, '') OR n.app_version <> coalesce(f.app_version, '')
         ORDER BY f.id FOR NO KEY UPDATE OF f
    )
    UPDATE refresh_families f
       SET last_active_at = clock_timestamp(),
           device_id = coalesce(n.device_id, f.device_id), platform = coalesce(n.platform, f.platform),
           device_name = coalesce(n.device_name, f.device_name), app_version = coalesce(n.app_version, f.app_version)
      FROM noted n
     WHERE f.id = n.id;
END
$$;

-- Ends log-ins that nobody can refresh any more, some at a time, and forgets those that ended more than a week ago: no
-- access token lives so long. Answers how many it has ended.
CREATE FUNCTION expire_logins(most int) RETURNS int
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    expired  uuid[];
    tenants  uuid[];
    people   uuid[];
    versions bigint[];
BEGIN
    SELECT coalesce(array_agg(f.id), '{}') INTO expired
      FROM (SELECT id FROM refresh_families WHERE expires_at < now() AND ended_at IS NULL
             ORDER BY expires_at LIMIT most FOR NO KEY UPDATE SKIP LOCKED) f;
    IF cardinality(expired) > 0 THEN
        SELECT array_agg(p.tenant_id), array_agg(p.user_id) INTO tenants, people
          FROM (SELECT DISTINCT tenant_id, user_id FROM refresh_families WHERE id = ANY (expired)) p;
        SELECT array_agg(v.user_version ORDER BY v.ord) INTO versions
          FROM touch_lists(tenants, people, array_fill('sessions'::text, ARRAY[cardinality(people)])) v;
        UPDATE refresh_families f SET ended_at = now(), end_reason = 'expired', ended_version = p.user_version
          FROM unnest(tenants, people, versions) AS p (tenant_id, user_id, user_version)
         WHERE f.id = ANY (expired) AND f.tenant_id = p.tenant_id AND f.user_id = p.user_id;
    END IF;
    DELETE FROM refresh_families WHERE ended_at < now() - interval '7 days';
    RETURN cardinality(expired);
END
$$;
