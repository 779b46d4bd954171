-- Two plans that grew with what they should not grow with.

-- As before, but each person is looked up by himself and by his id; his tenant is compared afterwards, in a form that no
-- index serves. As a join it read all people of the tenant for each conversation, or, as long as the planner did not
-- know how many they are, for each of its people.
CREATE OR REPLACE FUNCTION conversation_items(items jsonb)
    RETURNS TABLE (ord int, tenant_id uuid, id uuid, type text, name text, visibility text, history text,
                   creator uuid, people uuid[], low uuid, high uuid, nth bigint, fit boolean)
    LANGUAGE plpgsql STABLE SET search_path = parley, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT i.ord::int, i.tenant_id, i.id, i.type, i.name, i.visibility, i.history, i.creator, p.people, p.low, p.high,
           row_number() OVER (PARTITION BY i.id ORDER BY i.ord),
           p.active AND CASE i.type WHEN 'direct' THEN cardinality(p.people) <= 2 WHEN 'group' THEN true ELSE false END
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

-- The versions of n personal changes were joined by n times n comparisons.
ALTER FUNCTION take_user_versions(uuid[], uuid[]) SET enable_hashjoin = on;
