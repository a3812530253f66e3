-- K2: moves when keys are written, or records made that have some: other
-- processes may hold such keys in memory as long as it does not.
ALTER TABLE fairness_group ADD COLUMN keys_version BIGINT NOT NULL DEFAULT 0;
