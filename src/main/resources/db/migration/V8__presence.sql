-- What people have chosen to show of themselves: nothing special (online), busy or invisible. The rest of presence
-- lives in Redis and may be lost; this may not, or somebody invisible would be shown by accident.
--
-- `revision` puts the choices of several devices into one order, which Redis keeps to. It grows with the clock, so that
-- it goes on above what Redis remembers when an older backup has been restored. `changed_at` is when the present
-- choice was first made: to others, an invisible person was last seen then.
CREATE TABLE presence_choices (
    tenant_id  uuid        NOT NULL,
    user_id    uuid        NOT NULL,
    status     text        NOT NULL CHECK (status IN ('online', 'busy', 'invisible')),
    revision   bigint      NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    changed_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    PRIMARY KEY (tenant_id, user_id)
) WITH (fillfactor = 50);
