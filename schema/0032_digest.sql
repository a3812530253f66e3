-- Leads that came to a person with many others, until one mail tells of them.
-- source_id: where they came from; 0: from queues and from who has left.
CREATE TABLE digest (
    workspace_id      BIGINT NOT NULL,
    person_id         BIGINT NOT NULL,
    source_id         BIGINT NOT NULL,
    leads             BIGINT NOT NULL,
    lead_id           BIGINT NOT NULL, -- the last of them
    last_ms           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, person_id, source_id)
);
