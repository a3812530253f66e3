-- The stages that a workspace has given itself, in order, as one document; it
-- has those of the program while there is no row. Stages that were removed
-- stay in it: leads and timelines name them.
CREATE TABLE lead_stages (
    workspace_id      BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    document          TEXT   NOT NULL,
    updated_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);
