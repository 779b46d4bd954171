-- What several nodes need to share work, and to notice that the database is not the one they knew.

-- Who does what is to be done by one of all nodes: a follower, or a piece of timed work. A lease ends by the
-- database's clock and is taken and renewed by short statements of their own: nothing hangs on a session that a
-- broken connection would keep. One that ends later than a lease can last is no lease: the clock was set back.
CREATE TABLE job_leases (
    name    text        PRIMARY KEY,
    holder  uuid        NOT NULL,
    until   timestamptz NOT NULL,
    done_at timestamptz             -- when timed work was last done with success
) WITH (fillfactor = 50);

-- Takes or keeps the leases that are free or one's own, and tells which those are. Whoever finds all of them with
-- others writes nothing.
CREATE FUNCTION take_leases(names text[], who uuid, lasting interval) RETURNS SETOF text
    LANGUAGE sql SET search_path = parley, pg_temp
AS $$
    INSERT INTO job_leases AS l (name, holder, until)
    SELECT wanted, who, clock_timestamp() + lasting
      FROM unnest(names) wanted
     WHERE NOT EXISTS (SELECT FROM job_leases o
                        WHERE o.name = wanted AND o.holder <> who
                          AND o.until BETWEEN clock_timestamp() AND clock_timestamp() + lasting)
     ORDER BY wanted
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE l.holder = excluded.holder OR l.until NOT BETWEEN clock_timestamp() AND clock_timestamp() + lasting
    RETURNING l.name
$$;

-- The epoch of the positions (versions, numbers, fences) that this database gives out. Epochs follow each other: each
-- has a higher number than the one that it takes the place of, so that an old one that has come back with a backup is
-- known by its lower number. With the clock in it, a new one is higher also than those that a restored backup knows
-- nothing of.
CREATE TABLE server_epoch (
    id                smallint    PRIMARY KEY CHECK (id = 1),
    epoch             uuid        NOT NULL,
    system_identifier text        NOT NULL,
    timeline          int         NOT NULL,
    number            bigint      NOT NULL DEFAULT 0,
    made_at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO server_epoch VALUES (1, gen_random_uuid(), '', 0);

-- Ends the epoch `seen`, or whichever there is, and tells which there is then: of several who have seen the same one,
-- only the first makes a new one. What followers have worked off before counts as gone, and the row written here is
-- the first by which readers know the database in this epoch.
CREATE FUNCTION new_epoch(seen uuid DEFAULT NULL) RETURNS uuid
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    UPDATE server_epoch
       SET epoch = gen_random_uuid(), made_at = clock_timestamp(),
           number = greatest(number + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
     WHERE seen IS NULL OR epoch = seen;
    IF FOUND THEN
        UPDATE journal_kept SET dropped = pg_snapshot_xmin(pg_current_snapshot()), dropped_at = clock_timestamp();
        INSERT INTO journal DEFAULT VALUES;
    END IF;
    RETURN (SELECT epoch FROM server_epoch);
END
$$;

-- The epoch; a new one when this is no longer the database, or the line of its history, that the last one was given
-- for: a restored backup or a failover may give out versions a second time, and nobody may take them for those he
-- knows. Where the operator vouches that a failover loses nothing (a setting of the connection), another line alone
-- is none. The timeline is taken from the log being written, because the control file follows a promotion late.
CREATE FUNCTION current_epoch() RETURNS uuid
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    present  server_epoch;
    origin   text    := (SELECT system_identifier::text FROM pg_control_system());
    line     int     := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int;
    lossless boolean := coalesce(current_setting('parley.synchronous_failover', true), '') = 'on';
BEGIN
    SELECT * INTO present FROM server_epoch;
    IF (present.system_identifier, present.timeline) IS NOT DISTINCT FROM (origin, line) THEN
        RETURN present.epoch;
    END IF;
    SELECT * INTO present FROM server_epoch FOR UPDATE;
    IF (present.system_identifier, present.timeline) IS NOT DISTINCT FROM (origin, line) THEN
        RETURN present.epoch;
    END IF;
    UPDATE server_epoch SET system_identifier = origin, timeline = line;
    RETURN CASE WHEN lossless AND present.system_identifier = origin THEN present.epoch
                ELSE new_epoch(present.epoch) END;
END
$$;
