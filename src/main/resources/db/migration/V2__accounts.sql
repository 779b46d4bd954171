-- Accounts: people, by what names they are found, their passwords, the sessions that they can refresh, and who
-- they are to trusted issuers of tokens.

-- `username_folded` and `email_folded` are what must be unique; `words` are the folded words by which search
-- finds the person. An id is unique across tenants, because the operator names people by it alone.
CREATE TABLE users (
    tenant_id       uuid        NOT NULL,
    id              uuid        NOT NULL UNIQUE,
    username        text        NOT NULL,
    username_folded text        NOT NULL,
    email           text,
    email_folded    text,
    display_name    text        NOT NULL,
    words           text[]      COLLATE "C" NOT NULL,
    kind            text        NOT NULL DEFAULT 'user' CHECK (kind IN ('user', 'guest', 'bot')),
    role            text        NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    status          text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'deleted')),
    created_at      timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, username_folded),
    UNIQUE (tenant_id, email_folded),
    CHECK (kind <> 'guest' OR role = 'user')
);

-- Whether somebody is a guest, who sees only what he was invited to (see V29). Without a search path of its own, so that
-- it becomes part of the statement that calls it; looked up by his id alone and as a value, so that no plan reads all guests
-- or all people of the tenant.
CREATE FUNCTION is_guest(tenant uuid, person uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce((SELECT u.kind = 'guest' FROM parley.users u
                      WHERE u.id = person AND (u.tenant_id = tenant) IS TRUE), false)
$$;

-- The number of a person's last personal change. A row of its own with room for HOT updates: every read
-- mark counts here, and the row of the account must not be locked or rewritten for that.
CREATE TABLE user_counters (
    tenant_id    uuid   NOT NULL,
    user_id      uuid   NOT NULL,
    user_version bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, user_id)
) WITH (fillfactor = 50);

-- `users.words`, one a row. A search for a beginning is a range of this key, in the order in which the pages
-- come, so that the first page of a one-letter search costs no more than any other. Byte order makes
-- "begins with" a range in every locale.
CREATE TABLE user_words (
    tenant_id uuid NOT NULL,
    word      text COLLATE "C" NOT NULL,
    user_id   uuid NOT NULL,
    PRIMARY KEY (tenant_id, word, user_id)
);

-- Argon2id in the PHC text form. People who come by an issuer or by the operator's calls have none.
CREATE TABLE credentials (
    tenant_id     uuid        NOT NULL,
    user_id       uuid        NOT NULL,
    password_hash text        NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, user_id)
);

-- A log-in and all refresh tokens that descend from it. A token is <selector><verifier>, both random: the
-- selector stays the same for the life of the family and the verifier is new in each token. Only SHA-256 hashes are
-- kept: of the selector, and of the whole current and whole previous token. So a family is one row however often it
-- is refreshed, and a known selector with anything but the current token shows that an old token came back.
CREATE TABLE refresh_families (
    id         uuid        PRIMARY KEY,
    tenant_id  uuid        NOT NULL,
    user_id    uuid        NOT NULL,
    selector   bytea       NOT NULL UNIQUE,
    current    bytea       NOT NULL,
    previous   bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rotated_at timestamptz,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    end_reason text CHECK (end_reason IN ('logout', 'reuse', 'suspended', 'revoked', 'replaced', 'expired'))
);
CREATE INDEX refresh_families_user ON refresh_families (tenant_id, user_id);
CREATE INDEX refresh_families_expiry ON refresh_families (expires_at);

-- Who a person of a trusted issuer is here.
CREATE TABLE external_identities (
    tenant_id  uuid        NOT NULL,
    issuer     text        NOT NULL,
    subject    text        NOT NULL,
    user_id    uuid        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, issuer, subject)
);

-- Gives a new person his counter and keeps `user_words` the same as `users.words`, whoever writes them.
CREATE FUNCTION follow_user() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO user_counters (tenant_id, user_id) VALUES (NEW.tenant_id, NEW.id) ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM user_words
         WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id AND word = ANY (OLD.words) AND word <> ALL (NEW.words);
    END IF;
    INSERT INTO user_words (tenant_id, word, user_id)
    SELECT NEW.tenant_id, w, NEW.id FROM unnest(NEW.words) w
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER follow_user AFTER INSERT OR UPDATE OF words ON users FOR EACH ROW EXECUTE FUNCTION follow_user();

-- The words by which a person is found: the username, its parts, and the folded words of the display name, which
-- come as one text with blanks between.
CREATE FUNCTION name_words(username_folded text, display_words text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT array_agg(DISTINCT w)
      FROM (SELECT username_folded
            UNION SELECT regexp_split_to_table(username_folded, '[._-]+')
            UNION SELECT unnest(string_to_array(display_words, ' '))) AS x (w)
     WHERE w <> ''
$$;

-- The tenant of a request: by the host name, else by the slug, else the default one. NULL when there is none of
-- that slug or when the tenant is not active.
CREATE FUNCTION find_tenant(of_host text, of_slug text) RETURNS uuid
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT CASE WHEN status = 'active' THEN id END
      FROM tenants
     WHERE host = lower(of_host) OR slug = coalesce(of_slug, 'default')
     ORDER BY (host = lower(of_host)) IS TRUE DESC
     LIMIT 1
$$;

-- Makes those of the people who do not exist and answers the id of each, in the order of the input; NULL where the
-- mail address belongs to somebody else. Sorted, so that two calls at once wait for each other and never deadlock.
CREATE FUNCTION provision_users(tenant uuid, ids uuid[], usernames text[], emails text[], emails_folded text[],
                                display_names text[], display_words text[], kinds text[])
    RETURNS TABLE (ord bigint, id uuid)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    INSERT INTO users (tenant_id, id, username, username_folded, email, email_folded, display_name, words, kind)
    SELECT DISTINCT ON (lower(n.username)) tenant, n.id, n.username, lower(n.username), n.email, n.email_folded,
           n.display_name, name_words(lower(n.username), n.display_words), n.kind
      FROM unnest(ids, usernames, emails, emails_folded, display_names, display_words, kinds) WITH ORDINALITY
           AS n (id, username, email, email_folded, display_name, display_words, kind, ord)
     ORDER BY lower(n.username), n.ord
    ON CONFLICT DO NOTHING;

    -- A statement of its own: its snapshot also has the people whom another call made meanwhile.
    RETURN QUERY
    SELECT n.ord, u.id
      FROM unnest(usernames) WITH ORDINALITY AS n (username, ord)
      LEFT JOIN users u ON u.tenant_id = tenant AND u.username_folded = lower(n.username)
     ORDER BY n.ord;
END
$$;

-- Who a person of a trusted issuer is here, made on first use under the first free of the proposed usernames. A
-- mail address that somebody has is left out, never taken as proof of being that somebody. NULL when no name is free.
CREATE FUNCTION external_user(tenant uuid, of_issuer text, of_subject text, new_id uuid, usernames text[],
                              of_email text, of_email_folded text, of_display_name text, display_words text)
    RETURNS uuid
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    known uuid;
    name  text;
BEGIN
    SELECT user_id INTO known FROM external_identities e
     WHERE e.tenant_id = tenant AND e.issuer = of_issuer AND e.subject = of_subject;
    IF FOUND THEN
        RETURN known;
    END IF;

    -- First uses of one person at once: the second waits here and finds what the first has made.
    PERFORM pg_advisory_xact_lock(hashtextextended(of_issuer || ' ' || of_subject, 0));
    SELECT user_id INTO known FROM external_identities e
     WHERE e.tenant_id = tenant AND e.issuer = of_issuer AND e.subject = of_subject;
    IF FOUND THEN
        RETURN known;
    END IF;

    FOREACH name IN ARRAY usernames LOOP
        IF EXISTS (SELECT FROM users u WHERE u.tenant_id = tenant AND u.email_folded = of_email_folded) THEN
            of_email := NULL;
            of_email_folded := NULL;
        END IF;
        INSERT INTO users (tenant_id, id, username, username_folded, email, email_folded, display_name, words)
        VALUES (tenant, new_id, name, lower(name), of_email, of_email_folded, of_display_name,
                name_words(lower(name), display_words))
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            INSERT INTO external_identities (tenant_id, issuer, subject, user_id)
            VALUES (tenant, of_issuer, of_subject, new_id);
            RETURN new_id;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- Lets a person in or keeps him out; who is kept out also loses his log-ins. Either way the list of his log-ins has
-- changed, which takes a version and a journal row, from which a node that misses the event learns it. Outcomes: ok,
-- unchanged, not_found.
CREATE FUNCTION set_account_status(person uuid, new_status text)
    RETURNS TABLE (outcome text, tenant uuid, user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    old_status text;
    logins     uuid[];
BEGIN
    SELECT u.tenant_id, u.status INTO tenant, old_status
      FROM users u WHERE u.id = person AND u.status <> 'deleted' FOR NO KEY UPDATE;
    outcome := CASE WHEN old_status IS NULL THEN 'not_found'
                    WHEN old_status = new_status THEN 'unchanged'
                    ELSE 'ok' END;
    IF outcome = 'ok' THEN
        UPDATE users u SET status = new_status WHERE u.tenant_id = tenant AND u.id = person;
        logins := ARRAY(SELECT f.id FROM refresh_families f
                         WHERE f.tenant_id = tenant AND f.user_id = person AND f.ended_at IS NULL
                           AND new_status <> 'active'
                         ORDER BY f.id FOR NO KEY UPDATE);
        SELECT v.user_version INTO user_version
          FROM touch_lists(ARRAY[tenant], ARRAY[person], ARRAY['sessions']) v;
        UPDATE refresh_families f
           SET ended_at = clock_timestamp(), end_reason = 'suspended', ended_version = set_account_status.user_version
         WHERE f.id = ANY (logins);
    END IF;
    RETURN NEXT;
END
$$;
