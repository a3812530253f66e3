-- Which leads a rep may see: his own, or those of everybody.
ALTER TABLE workspace ADD COLUMN reps_see TEXT NOT NULL DEFAULT 'own'
    CHECK (reps_see IN ('own', 'all'));
