-- The fields that a workspace has declared for its leads. A row that was
-- removed stays: rules of the past are read by its name and type.

CREATE TABLE lead_field (
    workspace_id      BIGINT NOT NULL,
    name              TEXT   NOT NULL,
    version           BIGINT NOT NULL DEFAULT 1,
    type              TEXT   NOT NULL,
    document          TEXT   NOT NULL, -- JSON: label, group, options, required
    created_ms        BIGINT NOT NULL,
    removed_ms        BIGINT,
    PRIMARY KEY (workspace_id, name)
);

-- What fits those declarations, as compared (JSON: {"rooms":300}); NULL when
-- there is nothing. As shown it is part of facts.
ALTER TABLE lead ADD COLUMN custom TEXT;
