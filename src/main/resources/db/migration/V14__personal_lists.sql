-- What belongs to one person and is no conversation: contacts, blocks, stars, drafts, what he has scheduled … Each is a
-- list that he can read whole. Every change takes a version of the person, as those of his conversations do, and is
-- an event for his devices. Whoever missed events is told which lists have changed since, and reads these anew; so
-- no list needs a history of its own.
CREATE TABLE personal_lists (
    tenant_id    uuid   NOT NULL,
    user_id      uuid   NOT NULL,
    list         text   NOT NULL,
    user_version bigint NOT NULL, -- of the last change
    PRIMARY KEY (tenant_id, user_id, list)
) WITH (fillfactor = 50);

-- Takes a version for a change of each of these lists, in that order, and writes the journal. The last step of whatever
-- changes them: after it no conversation may be locked any more.
CREATE FUNCTION touch_lists(tenants uuid[], users uuid[], lists text[]) RETURNS TABLE (ord int, user_version bigint)
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    versions bigint[];
BEGIN
    IF coalesce(cardinality(users), 0) = 0 THEN
        RETURN;
    END IF;
    SELECT array_agg(v.user_version ORDER BY v.ord) INTO versions FROM take_user_versions(tenants, users) v;
    INSERT INTO personal_lists AS l (tenant_id, user_id, list, user_version)
    SELECT tenant_id, user_id, list, max(version)
      FROM unnest(tenants, users, lists, versions) AS t (tenant_id, user_id, list, version)
     GROUP BY tenant_id, user_id, list ORDER BY tenant_id, user_id, list
    ON CONFLICT (tenant_id, user_id, list) DO UPDATE SET user_version = excluded.user_version;
    INSERT INTO journal (user_tenants, users, user_versions)
    SELECT array_agg(tenant_id), array_agg(user_id), array_agg(version)
      FROM (SELECT tenant_id, user_id, max(version) AS version
              FROM unnest(tenants, users, versions) AS t (tenant_id, user_id, version)
             GROUP BY tenant_id, user_id) p;
    RETURN QUERY SELECT ord::int, version FROM unnest(versions) WITH ORDINALITY AS v (version, ord);
END
$$;
