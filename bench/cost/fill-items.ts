// The table that the measured application reads.
import pg from 'pg'

export async function fillItems(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(`create table items (id int primary key, category int, name text, price int, created_at timestamp);
    insert into items select i, 1 + i % 50, 'item ' || i, i % 97, '2026-01-01' from generate_series(1, 2000) i;
    create index on items (category); analyze items`)
  await client.end()
}
