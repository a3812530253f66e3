-- Numbers of the processes that make ids: no two at work have the same.
-- workspace_id is 0: the table is the instance's own.
CREATE TABLE node (
    workspace_id      BIGINT NOT NULL,
    number            BIGINT NOT NULL,
    token             BIGINT NOT NULL,
    seen_ms           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, number)
);
