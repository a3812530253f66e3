-- What a person has done, and when a score will be another by itself: points
-- fade with time. All of it is kept with the lead, so that scoring reads
-- nothing else.

ALTER TABLE lead ADD COLUMN returns BIGINT NOT NULL DEFAULT 0; -- came again
ALTER TABLE lead ADD COLUMN touches BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lead ADD COLUMN touch_kinds TEXT; -- as tags: those there were
ALTER TABLE lead ADD COLUMN last_return_ms BIGINT;
ALTER TABLE lead ADD COLUMN last_touch_ms BIGINT;
ALTER TABLE lead ADD COLUMN rescore_ms BIGINT; -- NULL: only when it changes
-- The daily job's question. Empty unless points fade.
CREATE INDEX lead_rescore ON lead (workspace_id, rescore_ms)
    WHERE rescore_ms IS NOT NULL;

-- What was stored before: from what had arrived, and from the timeline.
UPDATE lead
   SET returns = (SELECT count(*) FROM submission s
                   WHERE s.workspace_id = lead.workspace_id
                     AND s.lead_id = lead.id AND s.state = 'joined'),
       last_return_ms = (SELECT max(s.received_ms) FROM submission s
                          WHERE s.workspace_id = lead.workspace_id
                            AND s.lead_id = lead.id AND s.state = 'joined')
 WHERE EXISTS (SELECT 1 FROM submission s
                WHERE s.workspace_id = lead.workspace_id
                  AND s.lead_id = lead.id AND s.state = 'joined');
UPDATE lead
   SET touches = (SELECT count(*) FROM timeline t
                   WHERE t.workspace_id = lead.workspace_id
                     AND t.lead_id = lead.id AND t.kind = 'touch'),
       last_touch_ms = (SELECT max(t.at_ms) FROM timeline t
                         WHERE t.workspace_id = lead.workspace_id
                           AND t.lead_id = lead.id AND t.kind = 'touch')
 WHERE EXISTS (SELECT 1 FROM timeline t
                WHERE t.workspace_id = lead.workspace_id
                  AND t.lead_id = lead.id AND t.kind = 'touch');

-- How far the open leads have been scored by the version in force.
ALTER TABLE scoring ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scoring ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE scoring ADD COLUMN done_ms BIGINT; -- NULL: not through yet
