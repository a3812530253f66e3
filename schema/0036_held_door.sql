-- What a program sent waits here too when a stage fails on it: how it is read
-- again depends on the way it came in. source_id is 0 when it was sent with a
-- key of a role.
ALTER TABLE held_submission ADD COLUMN door TEXT NOT NULL DEFAULT 'hook'
    CHECK (door IN ('hook', 'form', 'api'));
UPDATE held_submission SET door = 'form' WHERE form_id IS NOT NULL;
