-- What has changed, for everybody who must not miss anything: one row for each call that changed something.
--
-- A row says which conversations changed, from which version to which, and which persons, up to which; the
-- change itself is read where it is. Followers (search, notifications, Kafka …) read whole windows, from one
-- fence to the next, in the order of the id; a fence is the oldest transaction still running, because neither
-- ids nor transaction numbers become visible in their order. Id and xid are drawn while the rows changed are
-- locked, so that the changes of one conversation stand in the order of their versions.
--
-- Rows lie in daily partitions: dropping one costs nothing, where deleting would leave the hottest table to
-- vacuum.

CREATE SEQUENCE journal_id CACHE 1;

CREATE TABLE journal (
    id            bigint      NOT NULL DEFAULT nextval('journal_id'),
    xid           xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    tenants       uuid[],     -- these five go together: one place, one conversation
    roots         uuid[],
    conversations uuid[],
    from_versions bigint[],
    to_versions   bigint[],
    user_tenants  uuid[],     -- and these three: one place, one person
    users         uuid[],
    user_versions bigint[]
) PARTITION BY RANGE (at);
ALTER SEQUENCE journal_id OWNED BY journal.id;
CREATE TABLE journal_default PARTITION OF journal DEFAULT WITH (toast_tuple_target = 8160);
CREATE INDEX journal_xid ON journal (xid, id);

-- How far each follower has come: it has worked off every row below the fence.
CREATE TABLE journal_followers (
    name       text        PRIMARY KEY,
    fence      xid8        NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Makes partitions ahead; drops those older than a day that all followers have passed, and those older than
-- `keep` in any case (a follower left behind must rebuild). Run by a job at least daily; it gives up when a lock is
-- not to be had in two seconds, and must then be run again.
CREATE FUNCTION journal_maintain(days_ahead int, keep interval) RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    old    record;
    passed boolean;
BEGIN
    PERFORM create_day_partitions('journal', days_ahead, 'toast_tuple_target = 8160');
    FOR old IN SELECT * FROM day_partitions('journal') WHERE ends < clock_timestamp() - interval '1 day' LOOP
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM journal_followers f '
                       'WHERE f.fence <= (SELECT xid FROM %s ORDER BY xid DESC LIMIT 1))', old.part) INTO passed;
        IF passed OR old.ends < clock_timestamp() - keep THEN
            EXECUTE format('DROP TABLE %s', old.part);
        END IF;
    END LOOP;
END
$$;
SELECT journal_maintain(7, interval '7 days');

-- The epoch of the positions (versions, numbers, fences) that this database gives out.
CREATE TABLE server_epoch (
    id                smallint PRIMARY KEY CHECK (id = 1),
    epoch             uuid     NOT NULL,
    system_identifier text     NOT NULL,
    timeline          int      NOT NULL
);
INSERT INTO server_epoch VALUES (1, gen_random_uuid(), '', 0);

-- The epoch; a new one when this is no longer the database, or the line of its history, that the last one was
-- given for: a restored backup or a failover may give out versions a second time, and nobody may take them for
-- those he knows. The timeline is taken from the log being written, because the control file follows a
-- promotion late.
CREATE FUNCTION current_epoch() RETURNS uuid
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
DECLARE
    present server_epoch;
    origin  text := (SELECT system_identifier::text FROM pg_control_system());
    line    int  := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int;
BEGIN
    SELECT * INTO present FROM server_epoch;
    IF (present.system_identifier, present.timeline) IS DISTINCT FROM (origin, line) THEN
        SELECT * INTO present FROM server_epoch FOR UPDATE;
        IF (present.system_identifier, present.timeline) IS DISTINCT FROM (origin, line) THEN
            UPDATE server_epoch SET epoch = gen_random_uuid(), system_identifier = origin, timeline = line
            RETURNING * INTO present;
        END IF;
    END IF;
    RETURN present.epoch;
END
$$;
