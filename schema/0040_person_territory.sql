-- territories: which of them a person serves, a list of short names; NULL none.
ALTER TABLE person ADD COLUMN territories TEXT;
