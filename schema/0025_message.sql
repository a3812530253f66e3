-- Texts with gaps that people and the program write leads with.

-- channel: email, sms, whatsapp, note; subject for email alone.
CREATE TABLE template (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    name              TEXT   NOT NULL,
    channel           TEXT   NOT NULL
        CHECK (channel IN ('email', 'sms', 'whatsapp', 'note')),
    language          TEXT   NOT NULL CHECK (language IN ('en', 'ko')),
    subject           TEXT,
    body              TEXT   NOT NULL,
    created_ms        BIGINT NOT NULL,
    updated_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
-- M2: one of a name in each language and channel.
CREATE UNIQUE INDEX template_name ON template
    (workspace_id, name, language, channel);
