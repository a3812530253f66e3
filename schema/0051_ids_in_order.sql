-- Ids of a workspace come in the order of its commits, whichever node makes
-- them: before this millisecond are all that are made already (W9).
ALTER TABLE fairness_group ADD COLUMN ids_ms BIGINT NOT NULL DEFAULT 0;

-- 2097152 ids in a millisecond, counted from 2020.
UPDATE fairness_group SET ids_ms = COALESCE(
    (SELECT MAX(t.id) / 2097152 + 1577836800001 FROM timeline t
      WHERE t.workspace_id = fairness_group.workspace_id), 0);
