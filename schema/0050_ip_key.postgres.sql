-- Ranges of internet addresses are compared as 32 hexadecimal digits, which are
-- in the order of addresses in both databases. What is no address has none.
-- IPv4 is held as ::ffff:a.b.c.d, as everywhere. What cannot be read would stop
-- the cast, so only what surely can be is cast.
ALTER TABLE lead ADD COLUMN ip_key TEXT;

UPDATE lead
   SET ip_key = '00000000000000000000ffff'
             || encode(substring(inet_send(CAST(ip AS INET)) FROM 5), 'hex')
 WHERE ip ~ '^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.|$)){4}$'
   AND ip ~ '[0-9]$';

UPDATE lead
   SET ip_key = encode(substring(inet_send(CAST(ip AS INET)) FROM 5), 'hex')
 WHERE ip ~ '^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$'
    OR (ip ~ '^([0-9a-f]{1,4}(:[0-9a-f]{1,4})*)?::([0-9a-f]{1,4}(:[0-9a-f]{1,4})*)?$'
        AND array_length(regexp_split_to_array(
                trim(BOTH ':' FROM ip), ':+'), 1) <= 7);
