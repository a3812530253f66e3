-- A receiver that stays away is noticed: how its webhook fares, and since when
-- it is paused. What happens meanwhile waits for it. A secret is replaced
-- while the one before still counts.
ALTER TABLE webhook ADD COLUMN pause_after_hours BIGINT NOT NULL DEFAULT 72;
ALTER TABLE webhook ADD COLUMN paused_ms BIGINT; -- NULL: it is not
ALTER TABLE webhook ADD COLUMN secret_before TEXT; -- signs as well, until ...
ALTER TABLE webhook ADD COLUMN secret_before_until_ms BIGINT;

-- Written with each answer of the receiver: beside the webhook, whose changes
-- have everything read again that is cached.
CREATE TABLE webhook_health (
    workspace_id      BIGINT NOT NULL,
    webhook_id        BIGINT NOT NULL,
    last_success_ms   BIGINT,
    failing_since_ms  BIGINT,           -- NULL: the last answer was good
    failures          BIGINT NOT NULL,  -- since then
    last_error_ms     BIGINT,
    last_error_status BIGINT,           -- of HTTP; NULL: no answer
    last_error        TEXT,
    PRIMARY KEY (workspace_id, webhook_id)
);

-- What was sent through one channel, newest first.
CREATE INDEX job_channel ON job (workspace_id, channel, id)
    WHERE outside = 1 AND channel IS NOT NULL;
