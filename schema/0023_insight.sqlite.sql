-- Figures that a page shows at once: sums kept in the same transaction as the
-- facts they count, so that no page reads a million leads.

ALTER TABLE lead ADD COLUMN rule TEXT;           -- that gave it to its owner
ALTER TABLE lead ADD COLUMN first_rep_ms BIGINT; -- when a rep first had it
ALTER TABLE lead ADD COLUMN promise BIGINT NOT NULL DEFAULT 0
    CHECK (promise BETWEEN 0 AND 2); -- of the first answer: none, kept, missed
UPDATE lead
   SET first_rep_ms = (SELECT min(a.begun_ms) FROM assignment a
                        WHERE a.workspace_id = lead.workspace_id
                          AND a.lead_id = lead.id AND a.owner_kind = 'rep'),
       promise = CASE WHEN first_response_ms IS NULL THEN 0
                      WHEN late_count > 0 THEN 2 ELSE 1 END;

-- One sum: how often `measure` happened on a day of the workspace's, to leads
-- of this owner, source, rule, product and segment ('': none). day 0: what
-- stands now. stage and bucket are used by some measures (src/insight).
CREATE TABLE insight_count (
    workspace_id      BIGINT NOT NULL,
    measure           BIGINT NOT NULL,
    day               BIGINT NOT NULL, -- since 1970
    stage             TEXT   NOT NULL,
    bucket            BIGINT NOT NULL, -- of a duration
    owner_id          BIGINT NOT NULL,
    source            TEXT   NOT NULL,
    rule              TEXT   NOT NULL,
    product           TEXT   NOT NULL,
    segment           TEXT   NOT NULL,
    n                 BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, measure, day, stage, bucket, owner_id, source,
                 rule, product, segment)
) WITHOUT ROWID;

-- In which zone days are counted, and which leads are: those up to
-- counted_until. A job counts the rest, which were stored before.
CREATE TABLE insight_state (
    workspace_id      BIGINT NOT NULL,
    time_zone         TEXT   NOT NULL,
    counted_until     BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);
INSERT INTO insight_state (workspace_id, time_zone, counted_until)
SELECT w.workspace_id, w.time_zone, 0 FROM workspace w
 WHERE EXISTS (SELECT 1 FROM lead l WHERE l.workspace_id = w.workspace_id);
INSERT INTO job (workspace_id, id, kind, outside, payload, due_ms,
                 attempts_max, created_ms)
SELECT workspace_id, 1, 'insight.count', 0, '{}', 0, 10, 0
  FROM insight_state;
