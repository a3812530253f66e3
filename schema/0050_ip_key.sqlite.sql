-- Ranges of internet addresses are compared as 32 hexadecimal digits, which are
-- in the order of addresses in both databases. What is no address has none.
-- IPv4 is held as ::ffff:a.b.c.d, as everywhere. Both texts are cut by JSON: a
-- guard before lets only digits, dots and colons through.
ALTER TABLE lead ADD COLUMN ip_key TEXT;

UPDATE lead SET ip_key = (
    SELECT CASE WHEN count(*) = 4
                 AND min(value <> '' AND length(value) <= 3
                         AND (value = '0' OR value NOT GLOB '0*')
                         AND CAST(value AS INTEGER) <= 255)
                THEN '00000000000000000000ffff'
                  || group_concat(printf('%02x', CAST(value AS INTEGER)), '')
                END
      FROM json_each('["' || replace(lead.ip, '.', '","') || '"]'))
 WHERE ip GLOB '*.*' AND ip NOT GLOB '*[^0-9.]*';

UPDATE lead SET ip_key = (
    WITH halves (head, tail) AS (
        SELECT substr(lead.ip, 1, instr(lead.ip, '::') - 1),
               substr(lead.ip, instr(lead.ip, '::') + 2)),
    counted (head, tail, groups) AS (
        SELECT head, tail,
               (head <> '') + length(head) - length(replace(head, ':', ''))
             + (tail <> '') + length(tail) - length(replace(tail, ':', ''))
          FROM halves),
    whole (text) AS (
        SELECT CASE WHEN instr(lead.ip, '::') = 0 THEN lead.ip
                    WHEN groups > 7 THEN ''
                    ELSE trim(head || ':'
                           || substr('0:0:0:0:0:0:0:0', 1, 15 - 2 * groups)
                           || ':' || tail, ':')
                END
          FROM counted)
    SELECT CASE WHEN count(*) = 8 AND min(length(value) BETWEEN 1 AND 4)
                THEN group_concat(substr('0000' || value, -4), '')
                END
      FROM whole, json_each('["' || replace(whole.text, ':', '","') || '"]'))
 WHERE ip GLOB '*:*' AND ip NOT GLOB '*[^0-9a-f:]*';
