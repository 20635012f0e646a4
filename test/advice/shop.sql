drop table if exists customers, orders, order_items, stock, events;
create table customers (id int primary key, name text not null);
create table orders (id int primary key, customer_id int, state text not null, price_cents int not null);
create table order_items (order_id int not null, line int not null, depot_id int not null, sku text not null, primary key (order_id, line));
create table stock (depot_id int not null, sku text not null, amount int not null, primary key (depot_id, sku));
create table events (id int primary key, happened_at timestamptz not null, price numeric(8, 2) not null, token uuid not null);
insert into events select i, timestamptz '2026-01-01 10:00:00.123Z' + i * interval '1 hour', i * 1.5, ('00000000-0000-4000-8000-00000000ab0' || i)::uuid from generate_series(1, 8) i;
insert into customers select 4000 + i, 'customer ' || i from generate_series(1, 6) i;
-- Without a customer, with one that is not there, and several of one; nobody has bought for 4006.
insert into orders select 7000 + i, case when i % 5 = 0 then null when i = 7 then 9999 else 4001 + i % 5 end,
  case when i % 2 = 0 then 'open' else 'sent' end, 10 * (i % 4) from generate_series(1, 14) i;
insert into order_items select 7000 + i, line, 1 + i % 3, 's' || (i + line) % 4 from generate_series(1, 14) i, generate_series(1, 2) line;
insert into stock select depot, 's' || s, 100 + depot * s from generate_series(1, 3) depot, generate_series(0, 2) s;
