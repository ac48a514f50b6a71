CREATE TABLE bird(id INTEGER PRIMARY KEY, name TEXT UNIQUE, grams REAL, region TEXT);
INSERT INTO bird(name, grams, region) VALUES
  ('wattlebird', 105.5, 'east'), ('magpie', 300, 'east'), ('galah', 335, 'west'),
  ('kookaburra', 340, 'east'), ('emu', 36000, 'west'), ('wren', 9.5, 'south');
CREATE INDEX by_region ON bird(region, grams);
SELECT region, count(*), printf('%.2f', avg(grams)), group_concat(name, ', ')
  FROM (SELECT * FROM bird ORDER BY name) GROUP BY region ORDER BY region;
WITH RECURSIVE c(n, a, b) AS (SELECT 1, 0, 1 UNION ALL SELECT n + 1, b, a + b FROM c WHERE n < 50)
  SELECT n, a FROM c WHERE n % 10 = 0;
SELECT upper(substr(name, 1, 3)) || '-' || id, hex(name) FROM bird WHERE grams > 200 ORDER BY 1;
CREATE TABLE big(k INTEGER PRIMARY KEY, v TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
  INSERT INTO big SELECT i, printf('%08x', i * 2654435761 % 4294967296) FROM n;
SELECT count(*), min(v), max(v), sum(length(v)), sum(k * k) FROM big;
SELECT json_group_array(v) FROM (SELECT v FROM big ORDER BY v LIMIT 4);
SELECT name, rank() OVER (ORDER BY grams DESC) FROM bird ORDER BY 2;
PRAGMA integrity_check;
