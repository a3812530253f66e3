-- Some currencies have three digits behind the point, or four, and the third was
-- dropped. An amount is now a whole number of ten-thousandths, so every
-- currency's smallest unit is one. What would not fit could be shown by no
-- program, and stands at the end of what fits.
UPDATE lead
   SET deal_value = CASE WHEN deal_value > 92233720368547758
                         THEN 9223372036854775807
                         WHEN deal_value < -92233720368547758
                         THEN -9223372036854775807
                         ELSE deal_value * 100 END
 WHERE deal_value IS NOT NULL;
