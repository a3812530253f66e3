-- A calendar that a person's own programs subscribe to. Only the hash of the
-- address is kept: a stolen file opens no calendar.
CREATE TABLE calendar_feed (
    workspace_id      BIGINT NOT NULL,
    person_id         BIGINT NOT NULL,
    token_hash        BLOB   NOT NULL,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, person_id)
);
CREATE UNIQUE INDEX calendar_feed_token
    ON calendar_feed (workspace_id, token_hash);
