-- How a workspace wants facts to be, in order, as one document (when, set);
-- without a row they stay as they came.
CREATE TABLE convention (
    workspace_id      BIGINT NOT NULL,
    version           BIGINT NOT NULL,
    document          TEXT   NOT NULL,
    updated_ms        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);
