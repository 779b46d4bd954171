-- People, as far as conversations need to know them.

CREATE TABLE users (
    tenant_id       uuid        NOT NULL,
    id              uuid        NOT NULL,
    username        text        NOT NULL,
    username_folded text        NOT NULL,
    email           text,
    email_folded    text,
    display_name    text        NOT NULL,
    search          text        NOT NULL,
    kind            text        NOT NULL DEFAULT 'user' CHECK (kind IN ('user', 'bot')),
    role            text        NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    status          text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'deleted')),
    created_at      timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, username_folded),
    UNIQUE (tenant_id, email_folded)
);

-- The number of a person's last personal change. A row of its own with room for HOT updates: every read
-- mark counts here, and the row of the account must not be locked or rewritten for that.
CREATE TABLE user_counters (
    tenant_id    uuid   NOT NULL,
    user_id      uuid   NOT NULL,
    user_version bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, user_id)
) WITH (fillfactor = 50);
