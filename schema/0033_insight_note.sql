-- What a group of changes adds to the sums of insight_count, as one row: a
-- captured lead changes four sums, each at a place of its own, which took a
-- quarter of the writer's time. A job adds the notes of some seconds to the
-- sums together; whoever asks before counts them in.
-- cells: [[measure, day, stage, bucket, owner, source, rule, product, segment,
-- n], ...]
CREATE TABLE insight_note (
    workspace_id      BIGINT NOT NULL,
    id                BIGINT NOT NULL,
    cells             TEXT   NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
