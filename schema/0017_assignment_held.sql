-- Leads that a queue keeps on purpose (they go through a sequence, or were
-- imported to be given away by hand) may be many, and are not looked at each
-- time somebody has room.
ALTER TABLE assignment ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
DROP INDEX assignment_waiting;
CREATE INDEX assignment_waiting ON assignment (workspace_id, owner_id, lead_id)
    WHERE ended_ms IS NULL AND owner_kind = 'queue' AND held = 0;
