-- Reps may see the leads of those they work together with. A column of its own
-- beside reps_see, whose CHECK cannot be changed in place; 'own' with 1 is team.
ALTER TABLE workspace ADD COLUMN reps_see_team BIGINT NOT NULL DEFAULT 0
    CHECK (reps_see_team IN (0, 1));
