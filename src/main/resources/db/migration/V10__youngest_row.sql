-- As before, but the youngest row is found by the index: by its time alone it was looked for in every partition, while
-- readers waited for the lock that making a partition takes.
CREATE OR REPLACE FUNCTION journal_maintain(days_ahead int, keep interval) RETURNS void
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
