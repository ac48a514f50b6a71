-- What a program asks of a database: tables filled, indexed, joined, grouped, changed, searched.
CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, city TEXT, joined INTEGER);
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, kind INTEGER);
CREATE TABLE sale(id INTEGER PRIMARY KEY, customer INTEGER, item INTEGER, amount INTEGER, day INTEGER);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
  INSERT INTO customer SELECT i, printf('customer %05d', i * 7919 % 10007), 'city ' || (i * 31 % 23), 20000 + i * 13 % 900 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
  INSERT INTO item SELECT i, 'item ' || hex(i * 2654435761 % 65521), (i * 37 % 1000) / 8.0, i % 11 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
  INSERT INTO sale SELECT i, 1 + i * 7919 % 400, 1 + i * 104729 % 150, 1 + i % 9, 20000 + i * 17 % 1000 FROM n;
COMMIT;
CREATE INDEX sale_customer ON sale(customer, day);
CREATE INDEX sale_item ON sale(item);
SELECT c.city, count(*), printf('%.2f', sum(s.amount * i.price)) FROM sale s JOIN customer c ON c.id = s.customer
  JOIN item i ON i.id = s.item WHERE s.day > c.joined GROUP BY c.city ORDER BY 3 DESC LIMIT 5;
SELECT kind, count(DISTINCT s.customer), max(amount), printf('%.3f', avg(price)) FROM item i JOIN sale s ON s.item = i.id
  GROUP BY kind HAVING count(*) > 10 ORDER BY kind;
SELECT name, (SELECT sum(amount) FROM sale WHERE customer = customer.id AND day BETWEEN 20100 AND 20600) AS n
  FROM customer WHERE name LIKE '%7%' ORDER BY n DESC, name LIMIT 5;
UPDATE sale SET amount = amount + 1 WHERE item IN (SELECT id FROM item WHERE price < 30);
DELETE FROM sale WHERE day % 10 = 3;
SELECT count(*), sum(amount), sum(length(hex(id * customer))) FROM sale;
WITH top AS (SELECT customer, sum(amount) AS total, rank() OVER (ORDER BY sum(amount) DESC) AS place FROM sale GROUP BY customer)
  SELECT group_concat(substr(c.name, 10) || '=' || total, ' ') FROM top JOIN customer c ON c.id = top.customer WHERE place <= 10;
SELECT count(*) FROM sale a JOIN sale b ON a.customer = b.customer AND a.day = b.day AND a.id < b.id;
