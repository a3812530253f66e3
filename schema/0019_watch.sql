-- A promise is made again to whoever writes again after an answer, and is
-- reminded of once before it ends.

-- Since when the lead waits for another answer; NULL: it does not.
ALTER TABLE lead ADD COLUMN asked_again_ms BIGINT;
-- When the owner was reminded of the promise that runs; NULL: not yet.
ALTER TABLE lead ADD COLUMN reminded_ms BIGINT;
