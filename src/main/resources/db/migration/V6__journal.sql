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

-- How far each follower has come: it has worked off every row below the fence. That belongs to the epoch in which it
-- was taken; in another one, or where there is none, the follower makes its work anew.
CREATE TABLE journal_followers (
    name       text        PRIMARY KEY,
    fence      xid8        NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    epoch      uuid
);

-- What is not kept any more: rows of transactions below `dropped`. Whoever stands lower has missed something.
CREATE TABLE journal_kept (
    id         smallint PRIMARY KEY CHECK (id = 1),
    dropped    xid8     NOT NULL,
    dropped_at timestamptz
);
INSERT INTO journal_kept VALUES (1, '0', NULL);

-- Where a client may resume that has read everything: the oldest transaction still running, but not above the last
-- one that has left a row. One that has left none may be forgotten in a crash, and its number given out again. Rows
-- of transactions that are yet to come were brought along from another cluster.
CREATE FUNCTION journal_fence() RETURNS bigint
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT least(pg_snapshot_xmin(pg_current_snapshot())::text::bigint, coalesce((
               SELECT xid::text::bigint + 1 FROM journal
                WHERE xid < pg_snapshot_xmax(pg_current_snapshot()) ORDER BY xid DESC LIMIT 1), 0))
$$;

-- Makes partitions ahead; drops those older than a day that all followers have passed, and those older than `keep`
-- in any case (a follower left behind must rebuild), and notes what is gone. Run by a job at least daily. Writers wait
-- while it waits for a lock, hence only for a moment: it gives up then and must be run again soon.
--
-- In an hour without changes it writes an empty row, so that there always is a young one by which readers know this
-- database. The youngest is found by the index: by its time alone it would be looked for in every partition, while
-- readers wait for the lock that making a partition takes.
CREATE FUNCTION journal_maintain(days_ahead int, keep interval) RETURNS void
    LANGUAGE plpgsql SET search_path = parley, pg_temp SET lock_timeout = '500ms'
AS $$
DECLARE
    old      record;
    newest   xid8;
    youngest timestamptz;
    passed   boolean;
BEGIN
    SELECT at INTO youngest FROM journal
     WHERE xid < pg_snapshot_xmax(pg_current_snapshot()) ORDER BY xid DESC, id DESC LIMIT 1;
    PERFORM create_day_partitions('journal', days_ahead, 'toast_tuple_target = 8160');
    IF youngest IS NULL OR youngest < clock_timestamp() - interval '1 hour' THEN
        INSERT INTO journal DEFAULT VALUES;
    END IF;
    FOR old IN SELECT * FROM day_partitions('journal') WHERE ends < clock_timestamp() - interval '1 day' LOOP
        EXECUTE format('SELECT xid FROM %s ORDER BY xid DESC LIMIT 1', old.part) INTO newest;
        passed := NOT EXISTS (SELECT FROM journal_followers f WHERE f.fence <= newest);
        IF passed OR old.ends < clock_timestamp() - keep THEN
            EXECUTE format('DROP TABLE %s', old.part);
            -- Rows that came with a dump from another cluster have transactions that are yet to come here.
            UPDATE journal_kept
               SET dropped = least((newest::text::bigint + 1)::text::xid8, pg_snapshot_xmin(pg_current_snapshot())),
                   dropped_at = clock_timestamp()
             WHERE dropped <= newest;
        END IF;
    END LOOP;
END
$$;
-- Not by journal_maintain, which would write a row.
SELECT create_day_partitions('journal', 7, 'toast_tuple_target = 8160');
