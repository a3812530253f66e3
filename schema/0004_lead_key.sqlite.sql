-- Exact matches: who is it, and did we have this delivery? A key is a 64-bit
-- hash of (kind, text); the record it leads to is compared in full. One tree
-- and no rowid: a random key is written once, not twice.
CREATE TABLE lead_key (
    workspace_id      BIGINT NOT NULL,
    key               BIGINT NOT NULL,
    record_id         BIGINT NOT NULL, -- a lead, or a submission
    PRIMARY KEY (workspace_id, key, record_id)
) WITHOUT ROWID;
