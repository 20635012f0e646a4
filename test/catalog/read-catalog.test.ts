import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseOfClient } from '../../adapters/pg/database-of-client.ts'
import {
  catalogSource,
  createCatalogSource,
  parseCatalog,
  readCatalog,
  serializeCatalog,
} from '../../src/catalog/index.ts'
import { bound, type Catalog, type CatalogRelation, loadParser } from '../../src/sql/index.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const client = new pg.Client(database.config)

beforeAll(async () => {
  await client.connect()
  await loadParser()
})
afterAll(() => client.end())

function relation(catalog: Catalog, name: string, schema = 'public'): CatalogRelation {
  const found = catalog.relations.find((at) => at.name === name && at.schema === schema)
  if (found === undefined) throw new Error(`${schema}.${name} is not in the catalog`)
  return found
}

describe('a catalog', () => {
  test('has columns with their base types, keys with their conditions, and sizes', async () => {
    await client.query(`
      create domain positive as int check (value > 0);
      create domain small as positive;
      create type mood as enum ('a', 'b');
      create table things (
        id int primary key, amount small not null, mood mood, gone text, name varchar(20), tags text[],
        unique nulls not distinct (mood), unique (name) deferrable);
      alter table things drop column gone;
      create unique index on things (lower(name)) include (id) where amount > 5;
      create index on things (amount);
      insert into things (id, amount) select 1, 1;
      analyze things`)
    const things = relation(await readCatalog(client), 'things')
    expect(things.kind).toBe('table')
    expect(things.estimatedRows).toBe(1)
    expect(things.columns).toEqual([
      { name: 'id', number: 1, type: 'int4', notNull: true },
      { name: 'amount', number: 2, type: 'int4', notNull: true },
      { name: 'mood', number: 3, type: 'mood', notNull: false, labels: 2 },
      { name: 'name', number: 5, type: 'varchar', notNull: false, deterministic: true },
      { name: 'tags', number: 6, type: '_text', notNull: false, deterministic: true },
    ])
    expect(
      things.uniqueKeys.map(({ parts, primary, immediate, nullsNotDistinct, predicate }) => [
        parts,
        primary,
        immediate,
        nullsNotDistinct,
        predicate,
      ]),
    ).toEqual([
      [[{ column: 'id' }], true, true, false, undefined],
      [[{ expression: 'lower(name::text)' }], false, true, false, '((amount)::integer > 5)'],
      [[{ column: 'mood' }], false, true, true, undefined],
      [[{ column: 'name' }], false, false, false, undefined],
    ])
  })

  test('has foreign keys with the columns on both sides', async () => {
    await client.query(`
      create table regions (country text, code text, primary key (country, code));
      create table shops (id int primary key, parent_id int references shops, region text, country text,
        foreign key (country, region) references regions)`)
    const catalog = await readCatalog(client)
    const shops = relation(catalog, 'shops')
    expect(shops.foreignKeys).toEqual([
      { columns: [4, 3], references: relation(catalog, 'regions').id, referencedColumns: [1, 2] },
      { columns: [2], references: shops.id, referencedColumns: [1] },
    ])
    expect(relation(catalog, 'regions').foreignKeys).toEqual([])
  })

  test('knows which functions return sets, aggregate, or may change', async () => {
    await client.query(`
      create function many() returns setof int language sql as 'select 1';
      create function other() returns int language sql volatile as 'select 1';
      create function same() returns int language sql immutable as 'select 1'`)
    const { functions } = await readCatalog(client)
    const facts = (name: string) => {
      const found = functions.find((at) => at.name === name)
      return found && [found.schema, found.returnsSet, found.aggregate, found.volatile]
    }
    expect(facts('many')).toEqual(['public', true, false, true])
    expect(facts('other')).toEqual(['public', false, false, true])
    expect(facts('same')).toEqual(['public', false, false, false])
    expect(facts('generate_series')).toEqual(['pg_catalog', true, false, false])
    expect(facts('json_agg')?.[2]).toBe(true)
    expect(facts('lower')).toBeUndefined()
  })

  test('does not take a NOT NULL for granted that does not hold yet', async () => {
    await client.query('create table loose (id int unique)')
    const { serverVersion } = await readCatalog(client)
    if (serverVersion >= 180_000)
      await client.query('alter table loose add constraint later not null id not valid')
    const loose = relation(await readCatalog(client), 'loose')
    expect(loose.columns).toMatchObject([{ name: 'id', notNull: false }])
    await client.query('create table strict (id int not null)')
    expect(relation(await readCatalog(client), 'strict').columns).toMatchObject([{ notNull: true }])
  })

  test('is the same after a way through a file', async () => {
    const catalog = await readCatalog(client)
    const text = serializeCatalog(catalog)
    expect(parseCatalog(text)).toEqual(catalog)
    expect(serializeCatalog(parseCatalog(text))).toBe(text)
  })

  test('says what is wrong with a file that is none', () => {
    expect(() => parseCatalog('no json')).toThrow('not JSON')
    expect(() => parseCatalog('{}')).toThrow('relations')
    expect(() => parseCatalog('{"v":2,"relations":[],"functions":[],"searchPath":[]}')).toThrow('version 2')
  })

  test('looks names up along the search path', async () => {
    await client.query(`
      create schema tenant;
      create table public.both_have (id int primary key, code int);
      create table tenant.both_have (id int, code int primary key);
      create table public.only_here (id int primary key);
      create view tenant.looking as select * from only_here;
      create table tenant.only_here (id int);
      set search_path to tenant, public`)
    const catalog = await readCatalog(client)
    await client.query('reset search_path')
    const rows = (sql: string, searchPath?: string[]) => bound(sql, { catalog, searchPath }).rows
    expect(catalog.searchPath).toEqual(['tenant', 'public'])
    expect(rows('select * from both_have where code = 1')).toBe(1)
    expect(rows('select * from both_have where id = 1')).toBe(Infinity)
    expect(rows('select * from public.both_have where id = 1')).toBe(1)
    expect(rows('select * from both_have where id = 1', ['public'])).toBe(1)
    expect(rows('select * from both_have where code = 1', ['public'])).toBe(Infinity)
    expect(rows('select * from tenant.looking where id = 1', ['tenant'])).toBe(1)
    expect(rows('select * from only_here where id = 1', ['tenant'])).toBe(Infinity)
  })

  test("does not take another session's temporary table for the one it hides", async () => {
    await client.query('create table hidden (id int primary key)')
    const before = await readCatalog(client)
    expect(bound('select * from hidden where id = 1', { catalog: before }).rows).toBe(1)

    await client.query('create temp table hidden (id int)')
    const catalog = await readCatalog(client)
    expect(catalog.temporary).toContain('hidden')
    expect(bound('select * from hidden where id = 1', { catalog }).rows).toBe(Infinity)
    expect(bound('select * from public.hidden where id = 1', { catalog }).rows).toBe(1)
    await client.query('drop table pg_temp.hidden')
  })

  test('sizes by its pages what was never analysed, and waits for no table that is locked', async () => {
    const holder = new pg.Client(database.config)
    await holder.connect()
    try {
      await client.query(`
        create table unsized (id int primary key) with (autovacuum_enabled = off);
        insert into unsized select generate_series(1, 5000);
        create table few (id int primary key) with (autovacuum_enabled = off);
        insert into few values (1), (2);
        create table none (id int primary key) with (autovacuum_enabled = off);
        create table parts (id int) partition by range (id);
        create table part_1 partition of parts for values from (0) to (9000) with (autovacuum_enabled = off);
        insert into parts select generate_series(1, 4000);
        create table held (id int primary key) with (autovacuum_enabled = off)`)
      await holder.query('begin; lock table held in access exclusive mode')
      const catalog = await readCatalog(client)
      const rows = (name: string) => relation(catalog, name).estimatedRows
      expect(rows('unsized')).toBeGreaterThan(4000)
      expect(rows('unsized')).toBeLessThan(6000)
      expect(rows('few')).toBe(1)
      expect(rows('none')).toBe(0)
      expect(rows('parts')).toBeGreaterThan(3000)
      expect(rows('held')).toBeUndefined()
    } finally {
      await holder.end()
    }
  })

  test('sizes a table that is locked in a copy of the database', async () => {
    const [one, copy] = ['original', 'copy'].map((name) => `${database.name}_${name}`)
    const clientOf = async (name: string | undefined) => {
      const url = new URL(database.url)
      url.pathname = `/${name}`
      const connected = new pg.Client({ connectionString: url.href })
      await connected.connect()
      return connected
    }
    await client.query(`create database "${one}" template template0`)
    const first = await clientOf(one)
    await first.query('create table sized (id int primary key) with (autovacuum_enabled = off)')
    await first.end()
    await client.query(`create database "${copy}" template "${one}"`)
    const [reader, holder] = [await clientOf(one), await clientOf(copy)]
    await holder.query('begin; lock table sized in access exclusive mode')
    const { estimatedRows } = relation(await readCatalog(reader), 'sized')
    await Promise.all([reader.end(), holder.end()])
    for (const name of [one, copy]) await client.query(`drop database "${name}" with (force)`)
    expect(estimatedRows).toBe(0)
  })

  test('does not count a key that was never finished', async () => {
    await client.query('create table twice (id int); insert into twice values (1), (1)')
    await expect(client.query('create unique index concurrently half_built on twice (id)')).rejects.toThrow()
    const catalog = await readCatalog(client)
    expect(relation(catalog, 'twice').uniqueKeys).toMatchObject([{ name: 'half_built', valid: false }])
    expect(bound('select * from twice where id = 1', { catalog }).rows).toBe(Infinity)
  })
})

function databaseOf(client: object, poolOptions?: object) {
  const found = databaseOfClient(client, poolOptions)
  if (!found) throw new Error('the database is unknown')
  return found
}

describe('the catalog of a database', () => {
  test('is read without a slot of the pool, and once', async () => {
    const pool = new pg.Pool({ ...database.config, max: 1 })
    const taken = await pool.connect()
    const source = catalogSource(databaseOf(taken, pool.options))
    expect(source.current()).toBeUndefined()
    const alone = new pg.Client(database.config)
    const [one, other] = await Promise.all([source.load(), catalogSource(databaseOf(alone)).load()])
    expect(one?.database).toBe(database.name)
    expect(other).toBe(one)
    expect(source.current()).toBe(one)
    expect(pool.totalCount).toBe(1)
    taken.release()
    await pool.end()
  })

  test('is read anew after the schema changed', async () => {
    const pool = new pg.Pool(database.config)
    const source = createCatalogSource(databaseOf(client))
    await source.load()
    await pool.query('create table came_later (id int primary key)')
    source.forget()
    expect(source.current()).toBeUndefined()
    const catalog = await source.load()
    expect(catalog?.relations.some(({ name }) => name === 'came_later')).toBe(true)
    await pool.end()
  })

  test('is missing where nobody answers, and no error comes of it', async () => {
    const nobody = new pg.Client({ host: '127.0.0.1', port: 1 })
    expect(await createCatalogSource(databaseOf(nobody)).load()).toBeUndefined()
    const session = () => {
      throw new TypeError('takes something else')
    }
    expect(await createCatalogSource({ session }).load()).toBeUndefined()
  })
})
