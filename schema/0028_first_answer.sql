-- The first answer that goes out to a lead by itself, and what was sent.

-- scope_id: the workspace, a source or a form; the nearest counts.
CREATE TABLE first_answer (
    workspace_id      BIGINT NOT NULL,
    scope_id          BIGINT NOT NULL,
    template_id       BIGINT, -- NULL: none, whatever the wider scope says
    counts            BIGINT NOT NULL DEFAULT 0, -- as an answer to the lead
    PRIMARY KEY (workspace_id, scope_id)
);

-- M6: what went out by itself, by its job. address_hash says whom it went to
-- without naming him.
CREATE TABLE message (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL,
    template_id       BIGINT NOT NULL,
    address_hash      BIGINT NOT NULL,
    created_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX message_address ON message
    (workspace_id, address_hash, created_ms);
