-- Owners hear by mail what becomes of their leads.

-- NULL: the workspace's language.
ALTER TABLE person ADD COLUMN language TEXT;
-- What is not told by mail, words between spaces; NULL: everything is.
ALTER TABLE person ADD COLUMN mail_off TEXT;
