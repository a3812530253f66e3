-- By which the person at the other end says no to further mails, without
-- signing in anywhere. It opens nothing else, so it is kept as it is.
ALTER TABLE sequence_run ADD COLUMN token TEXT NOT NULL DEFAULT '';
