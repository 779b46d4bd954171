-- Tenants, and the few tools that the later migrations share.
--
-- Every row of every table carries the id of its tenant, so that no query can cross tenants by
-- accident; this table holds what belongs to the tenant itself. Its rows are few and change rarely:
-- servers cache them. Other tables have no foreign key to it, nor to each other: a key check takes a
-- row lock for each row written, on the hottest path of all, and the functions below check what they
-- write under the locks that they hold anyway.
--
-- Everything lives in the schema `parley`; connections and functions set their search path to it.

CREATE TABLE tenants (
    id         uuid        PRIMARY KEY,
    slug       text        NOT NULL UNIQUE,
    name       text        NOT NULL,
    host       text        UNIQUE,
    status     text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    settings   jsonb       NOT NULL DEFAULT '{}'
);

-- The tenant of installations that know no tenants. Its id is fixed, so that it may be named in configuration.
INSERT INTO tenants (id, slug, name)
VALUES ('00000000-0000-7000-8000-000000000001', 'default', 'Default');

-- Makes the daily (UTC) partitions of a table that is partitioned by a time, for today and `days_ahead` more
-- days. A table has a default partition beside these, so that a missed run never fails an insert; rows that
-- went there are moved into their day here. Attaching, unlike creating in place, lets writers go on.
CREATE FUNCTION create_day_partitions(parent regclass, days_ahead int, storage text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    parent_name text := (SELECT relname FROM pg_class WHERE oid = parent);
    time_column text := (SELECT a.attname FROM pg_partitioned_table p
                           JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
                          WHERE p.partrelid = parent);
    since       date;
    part_name   text;
    day         date;
BEGIN
    PERFORM pg_advisory_xact_lock(parent::oid::bigint);
    EXECUTE format('SELECT min(%I)::date FROM %I', time_column, parent_name || '_default') INTO since;
    FOR day IN
        SELECT generate_series(least(since, current_date), current_date + days_ahead, interval '1 day')::date
    LOOP
        part_name := parent_name || to_char(day, '"_"YYYYMMDD');
        CONTINUE WHEN to_regclass(part_name) IS NOT NULL;
        EXECUTE format('LOCK TABLE %I', parent_name || '_default');
        EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING ALL)%s', part_name, parent,
                       coalesce(' WITH (' || storage || ')', ''));
        EXECUTE format('WITH moved AS (DELETE FROM %1$I WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *) '
                       'INSERT INTO %5$I SELECT * FROM moved',
                       parent_name || '_default', time_column, day::timestamptz, (day + 1)::timestamptz, part_name);
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                       parent, part_name, day::timestamptz, (day + 1)::timestamptz);
    END LOOP;
END
$$;

-- The daily partitions of a table with the time at which each ends, oldest first.
CREATE FUNCTION day_partitions(parent regclass) RETURNS TABLE (part regclass, ends timestamptz)
    LANGUAGE sql STABLE SET search_path = parley, pg_temp SET timezone = 'UTC'
AS $$
    SELECT i.inhrelid::regclass, (to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamptz
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = parent AND c.relname ~ '_[0-9]{8}$'
     ORDER BY 2
$$;

-- A time as the interface writes it: ISO 8601, UTC, milliseconds.
CREATE FUNCTION iso_time(moment timestamptz) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
