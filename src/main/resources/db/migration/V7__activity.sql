-- When something last happened in each conversation, made from the journal by its first follower: tells which
-- conversations are active without touching the rows that every message writes.
CREATE TABLE conversation_activity (
    conversation_id uuid        PRIMARY KEY,
    tenant_id       uuid        NOT NULL,
    last_version    bigint      NOT NULL,
    active_at       timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX conversation_activity_recent ON conversation_activity (tenant_id, active_at DESC);
