-- Who has the database shall not be able to test whether a number or an address
-- is that of somebody who was erased: hashes are made under the instance's
-- secret key. keyed_by is the name of that key; NULL: from before, and keyed
-- at the next start.
ALTER TABLE erased_key ADD COLUMN keyed_by TEXT;
