-- offers: since when one is over because nobody accepted it, as the timeline
-- says, which it says once. NULL: it is open, or something else has ended it.
-- people: an item with "declined": true is of somebody who will not take it.
ALTER TABLE offer ADD COLUMN over_ms BIGINT;
