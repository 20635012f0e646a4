// Statements that look bounded and are not, and their bounded twins, on a real server: what is called bounded never returns
// more rows than it was said to.

import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCatalog } from '../../src/catalog/index.ts'
import { bound, type Catalog, loadParser } from '../../src/sql/index.ts'
import { testDatabase } from '../postgres/test-database.ts'

/** Bounded, unbounded in rows, or bounded in rows with an unbounded array in them. */
const B = 'bounded'
const U = 'unbounded'
const N = 'nested'

const SCHEMA = `create collation ci (provider=icu, locale='und-u-ks-level2', deterministic=false);
create table nums (n numeric primary key, f float8, b bigint unique, ts timestamp unique, v varchar(9) unique, ci text collate ci unique);
create unique index on nums (ci collate "C");
create table memb2 (a int, b int, primary key (a, b) include (b));
create table opts (id int primary key, kind text not null, owner int not null, deleted_at timestamptz);
create unique index on opts (owner) where kind in ('x','y');
create unique index on opts (owner, kind) where deleted_at is null;
create table bools (flag boolean primary key, x text);
create table enumed (m mood not null, k int not null, primary key (m, k));
create view vj as select u.id, u.email, p.bio from users u left join profiles p on p.user_id = u.id;
create view vagg as select user_id, count(*) n, json_agg(p) ps from posts p group by user_id;
create function string_to_table(a text) returns setof int language sql as 'select id from users';
create function rnd() returns int language sql volatile as 'select 1';
create function imm(int) returns int language sql immutable as 'select $1';
create materialized view mv as select * from users; create unique index on mv(id);
insert into nums select i, i, i, now()::timestamp + i * interval '1 day', 'v'||i, 'c'||i from generate_series(1,50) i;
insert into nums values (0.1, 0, 9007199254740992, '2000-01-01', 'a ', 'X'), (0.10000000000000000000001, 0, 9007199254740993, '2000-01-02', 'a', 'Y');
insert into users select i, 'e'||i, 1, 'n', 's', null, 'a' from generate_series(1,60) i;
insert into posts select i, 1, 's'||i from generate_series(1,60) i;
insert into comments select i, 1, 1 from generate_series(1,60) i;
insert into profiles select i, 'b' from generate_series(1,60) i;
insert into parent select i from generate_series(1,60) i; insert into child select 1 from generate_series(1,60) i;
insert into coupons select i from generate_series(1,60) i;
insert into opts select i, case when i=1 then 'x' else 'z' end, 1, now() from generate_series(1,60) i;
insert into memberships select 1, i from generate_series(1,60) i;
insert into docs select i, array[1,2,3] from generate_series(1,60) i;
insert into sessions select i, 1, false from generate_series(1,60) i;
insert into jobs select i from generate_series(1,60) i; insert into part select i from generate_series(1,60) i;
insert into bools values (true),(false); insert into enumed select 'a', i from generate_series(1,60) i; refresh materialized view mv`

const cases: readonly (readonly [string, string, unknown[]?])[] = [
  [U, 'select * from nums where n = 0.1::float8'],
  [U, 'select * from nums where b = 9007199254740992::float8'],
  [U, "select * from nums where ci = 'x'"],
  [U, "select * from users where email = 'x' collate ci"],
  [U, "select * from nums where v = 'a'::bpchar"],
  [B, "select * from nums where v = 'a'"],
  [B, 'select * from nums where n = $1', [1]],
  [U, 'select * from users where id = (random()*10)::int'],
  [U, 'select * from users where id = rnd()'],
  [B, 'select * from users where id = imm(3)'],
  [U, 'select * from users where id in (select (random()*3)::int)'],
  [U, 'select * from parent where id = 1'],
  [B, 'select * from only parent where id = 1'],
  [B, 'select * from part where id = 1'],
  [U, 'select * from users u where u.id = (select max(p.user_id) from posts p where p.id = u.org_id)'],
  [B, 'select * from users where id = 1 or id = 2'],
  [B, "select * from users where id = 1 or email = 'x'"],
  [U, "select * from users where id = 1 or name = 'x'"],
  [U, 'select * from users where id = 1 or true'],
  [B, 'select * from users where ($1::int is null or id = $1)', [5]],
  [U, 'select * from users where ($1::int is null or id = $1)', [null]],
  [U, 'select * from users where ($1::int is null or id = $1)'],
  [U, 'select * from memberships where org_id = 1'],
  [B, 'select * from memberships where (org_id, user_id) = (1, 2)'],
  [B, 'select * from memb2 where a = 1 and b in (1,2)'],
  [U, 'select * from memb2 where a = 1'],
  [U, 'select * from opts where owner = 1'],
  [U, "select * from opts where owner = 1 and kind = 'z'"],
  [B, "select * from opts where owner = 1 and kind in ('x','y')"],
  [B, "select * from opts where owner = 1 and kind = 'x' and deleted_at is null"],
  [U, "select * from opts where owner = 1 and kind = 'x' and deleted_at is not null"],
  [B, 'select * from sessions where user_id = 1 and active'],
  [B, 'select * from sessions where user_id = 1 and active = true'],
  [B, 'select * from sessions where user_id = 1 and active is true'],
  [U, 'select * from sessions where user_id = 1 and not active'],
  [B, 'select * from sessions where user_id = 1 and active = $1', [true]],
  [U, 'select * from sessions where user_id = 1 and active = $1', [false]],
  [U, 'select * from sessions where user_id = 1 and active = $1'],
  [B, 'select * from bools'],
  [B, 'select * from enumed where k = 1'],
  [U, "select * from enumed where m = 'a'"],
  [B, 'select * from singleton'],
  [U, 'select * from coupons where code is null'],
  [B, 'select * from coupons2 where code is null'],
  [B, 'select * from coupons2 where code is not distinct from $1', [null]],
  [U, 'select * from coupons where code is not distinct from $1'],
  [B, 'select * from users where id is not distinct from $1', [1]],
  [B, 'select * from vj where id = 1'],
  [U, 'select * from vj'],
  [N, 'select * from vagg where user_id = 1'],
  [U, 'select * from vagg'],
  [B, 'select * from top_users'],
  [B, 'select * from mv where id = 1'],
  [U, 'select * from mv'],
  [U, 'select * from users u left join posts p on p.user_id = u.id where u.id = 1'],
  [B, 'select * from users u left join posts p on p.id = u.org_id where u.id = 1'],
  [U, 'select * from users u right join posts p on p.user_id = u.id where u.id = 1 or true'],
  [U, 'select * from posts p right join users u on u.id = p.user_id and u.id = 1'],
  [U, 'select * from users u full join profiles p on p.user_id = u.id and u.id = 1'],
  [
    U,
    'select * from users u full join profiles p on p.user_id = u.id where u.id = 1 or p.user_id = 2 or true',
  ],
  [B, 'select * from users u join profiles p on p.user_id = u.id where u.id = 1'],
  [B, 'select * from posts p join users u on u.id = p.user_id where p.id = 1'],
  [B, 'select count(*) from users'],
  [B, 'select max(id) from users having count(*) > 1'],
  [U, 'select name, count(*) from users group by name'],
  [B, 'select mood, count(*) from users group by mood'],
  [B, 'select mood is null, count(*) from users group by 1'],
  [U, 'select mood, name from users group by 1, 2'],
  [U, 'select count(*) from users group by rollup(name)'],
  [U, 'select name from users group by grouping sets ((name), ())'],
  [U, 'select distinct mood, name from users'],
  [B, 'select distinct mood from users'],
  [U, 'select distinct on (mood, name) * from users'],
  [B, 'select distinct on (mood) * from users'],
  [U, 'select (select count(u.id) from posts p limit 1) from users u group by u.name'],
  // The aggregate is the outer query's; that makes it one row, which is more than is said here.
  [U, 'select array(select count(u.id) from posts p) from users u'],
  [U, 'select * from users order by name fetch first 5 rows with ties'],
  [B, 'select * from users order by id fetch first 5 rows with ties'],
  [U, 'select * from coupons order by code fetch first 5 rows with ties'],
  [U, 'select generate_series(1, id) from users where id = 5'],
  [B, 'select generate_series(1,3), generate_series(1,4)'],
  [U, 'select unnest(tags) from docs where id = 1'],
  [U, 'select srf(1)'],
  [U, 'select * from srf(1)'],
  [B, 'select * from one(1)'],
  [U, 'select (srf(1)).id'],
  [B, 'select one(1)'],
  [B, "select regexp_split_to_table('a b', ' ')"],
  [U, 'select * from jsonb_each((select data from docs where id = 1))'],
  [B, 'select * from unnest($1::int[])', [[1, 2]]],
  [U, 'select * from unnest($1::int[])'],
  [B, 'select * from unnest(array[1,2,3])'],
  [U, 'with recursive r as (select 1 as n union all select n + 1 from r where n < 10) select * from r'],
  [
    B,
    'with recursive r as (select 1 as n union all select n + 1 from r where n < 10) select * from r limit 5',
  ],
  [B, 'with recursive r as (select 1 as n) select * from r'],
  [B, 'with d as (delete from jobs where id = 1 returning *) select * from d'],
  [U, 'with d as (delete from jobs returning *) select * from d'],
  [B, 'update jobs set state = $1 where id = $2 returning *'],
  [U, 'update jobs set state = $1 returning *'],
  [B, 'insert into jobs values (1001),(1002) returning *'],
  [U, 'insert into jobs select id+2000 from users returning id'],
  [B, 'insert into jobs values (1005) on conflict (id) do update set state = $1 returning *'],
  [B, 'select id from users where id = 1 union select id from posts where id = 1'],
  [U, 'select id from users where id = 1 union all select id from posts'],
  [B, 'select id from users intersect select id from posts where id = 1'],
  [U, 'select id from users except select 1'],
  [B, 'select 1 except select id from users'],
  [N, 'select json_agg(p) from posts p where p.user_id = 1'],
  [B, 'select json_agg(p) from posts p where p.id = 1'],
  [N, 'select jsonb_agg(p) over () from posts p limit 1'],
  [N, 'select id, array(select p.id from posts p where p.user_id = u.id) from users u where u.id = 1'],
  [
    B,
    'select id, array(select p.id from posts p where p.user_id = u.id limit 3) from users u where u.id = 1',
  ],
  [N, 'select user_id, array_agg(id) from posts where user_id = 1 group by user_id'],
  [N, 'select json_arrayagg(id) from posts'],
  [N, 'select json_array(select id from posts)'],
  [N, 'select coalesce(json_agg(x), $1) from (select * from posts) x'],
  [N, 'with a as (select json_agg(p) j from posts p) select j from a'],
  [N, 'select xmlagg(xmlelement(name a, id)) from posts'],
  [N, 'select (select json_agg(p) from posts p)'],
  [B, 'select exists (select json_agg(p) from posts p)'],
  [U, 'select * from users where id = any(select user_id from posts)'],
  [B, 'select * from users where id = any(select user_id from posts where id = 1)'],
  [B, 'select * from users where id in (select user_id from posts limit 3)'],
  [U, 'select * from users where id not in (1,2)'],
  [U, 'select * from users where id <> all(array[1])'],
  [U, 'select * from users where id = all(array[1,1]) or true'],
  [U, 'select * from users where not (id = 1)'],
  [B, 'select * from users where not (id <> 1)'],
  [U, 'select * from users where (id = 1) is not true'],
  [U, 'select * from users where (id = 1) = false'],
  [U, 'select * from users where id = 1 is null'],
  [U, 'select * from users where case when true then true else id = 1 end'],
  [U, 'select * from users where coalesce(id = 1, true) or id > 0'],
  [U, 'select * from users limit null'],
  [U, 'select * from users limit $1', [null]],
  [B, 'select * from users limit coalesce($1, 10)', [null]],
  [U, 'select * from users limit coalesce($1, 10)'],
  [B, 'select * from users limit least($1, 100)', [5]],
  [B, 'select * from users limit 0'],
  [U, 'select * from users limit (select 5)'],
  [B, 'select * from users limit $1::int', ['7']],
  [U, 'select * from users u, lateral (select * from posts p where p.id = u.id) x'],
  [B, 'select * from users u, lateral (select * from posts p where p.id = u.id) x where u.id = 1'],
  [U, 'select * from (select * from posts p where p.id = 1) x, users'],
  [
    U,
    'select * from posts p, lateral (select * from users u where u.id = p.user_id limit 1) x where x.id = 5',
  ],
  [U, 'select u.* from users u join lateral (select u.id as uid limit 1) l on true where l.uid = 1 or true'],
  [U, 'select * from users natural join posts'],
  [B, 'select * from users a join users b using (id) where a.id = 1'],
  [B, 'select * from users a join users b using (id) where id = 1'],
  [U, 'select * from users a left join users b using (id) where b.id is null'],
  [U, 'select * from users tablesample system(50)'],
  [B, 'select * from users tablesample system(50) where id = 1'],
  [U, 'select * from pg_class'],
  [U, 'select * from users, posts'],
  [B, 'select * from users, posts where users.id = 1 and posts.id = 2'],
  [U, 'select * from users where id = id'],
  [U, 'select * from users a, users b where a.id = b.id'],
  [U, 'select * from users a join posts b on a.id = b.id and b.id = b.user_id'],
  [B, 'select * from users where id = $1 and id = any($2)'],
  [U, 'select x.* from (select id as n, name as id from users) x where x.id = $1'],
  [B, 'select x.* from (select id as n, name as id from users) x where x.n = 5'],
  [U, 'select x.* from (select id + 1 as id from users) x where x.id = 5'],
  [U, 'select x.id from (select id % 2 as id from users) x where id = 1'],
  [U, 'select * from (select user_id as id from posts) x where id = 1'],
  [
    U,
    'select * from (select p.user_id as id, u.id as uid from posts p join users u on u.id = p.user_id) x where uid = 1',
  ],
  [
    B,
    'select * from (select p.id as pid, u.* from posts p join users u on u.id = p.user_id) x where pid = 1',
  ],
  [U, 'select * from (select u.id from users u left join posts p on p.user_id = u.id) x where id = 1'],
  [B, 'select * from (select distinct id, name from users) x where id = 1 and name = $1'],
  [B, 'select * from (select name, count(*) from users group by name) x where name = $1'],
  [U, 'select * from (select name, generate_series(1, id) from users group by name, id) x where name = $1'],
  [B, 'select * from (select id from users union select id from posts) x where id = 1'],
  [U, 'select * from (select id from users union all select id from posts) x where id = 1'],
  [U, 'select * from users x(a, id) where id = $1'],
  [B, 'select * from users x(a, id) where x.a = 5 limit 1'],
  [U, 'with t(a, b) as (select id, name from users) select * from t where b = $1'],
  [B, 'with t(a, b) as (select id, name from users) select * from t where a = 5'],
  [U, 'select * from nums where ts = now()'],
  [B, "select * from nums where ts = '2000-01-01'"],
  [B, 'select * from accounts where lower(email) = $1'],
  [U, 'select * from accounts where upper(email) = $1'],
  [U, 'select * from accounts where email = $1'],
  [U, 'select * from users where (id, name) in ((1, $1), (2, $2)) or name = $3'],
  [B, 'select * from users where (id, name) in ((1, $1), (2, $2))'],
  [U, 'select * from users where id = any($1)'],
  [B, 'select * from users where id = any($1)', ['{1,2,3}']],
  [B, "select * from users where id = any('{1,2}')"],
  [B, 'select * from users where id = any(array[$1, 2]::int[])'],
  [U, 'select * from users u, docs d where u.id = any(d.tags)'],
  [U, 'merge into jobs j using users u on j.id = u.id when matched then delete returning *'],
  [B, 'merge into jobs j using users u on j.id = u.id when matched then delete'],
  [U, 'select * from users for update'],
  [B, 'values (1),(2),(3)'],
  [U, 'table users'],
  [B, 'table users limit 3'],
  [B, 'select 1; select 2'],
  [U, 'select 1; select * from users'],
  [B, 'create table zz as select * from users'],
  [B, 'begin'],
  [U, 'select * from (select * from users limit 5) a join posts p on p.user_id = a.id'],
  [B, 'select * from (select * from users limit 5) a join users p on p.id = a.org_id'],
  [B, 'select * from (select * from users limit 5) a left join profiles p on p.user_id = a.id'],
  [B, 'select * from generate_series(1, 5) g left join users u on u.id = g'],
  [B, 'select * from generate_series(1, 5) g(n) left join users u on u.id = g.n'],
  [U, 'select * from users u where exists (select 1 from posts where id = 1)'],
  [U, 'select (select 1) from users'],
  [U, 'select * from users window w as (order by id)'],
  [U, 'select * from users u where u.id = (select u.id)'],
  [U, 'select * from users where id = (select id)'],
  [U, 'select * from users u where id in (select u.id from posts where posts.id = 1)'],
  [U, 'select * from users u where id in (select org_id from posts where posts.id = 1)'],
  [U, 'select * from accounts where lower(email) = lower(email)'],
  [U, "select * from users where id::text = '1'"],
  [U, 'select * from users where id + 0 = 1'],
  [U, 'select * from users u join posts p on p.user_id = u.id and p.slug = $1'],
  [B, 'select * from users u join posts p on p.user_id = u.id and p.slug = $1 where u.id = 3'],
  [U, 'select * from deferred_u where id = 1'],
  [U, 'select * from profiles p left join users u on u.id = p.user_id and p.user_id = 5'],
  [
    U,
    'select * from users u left join (posts p join comments c on c.post_id = p.id) on p.user_id = u.id where u.id = 1',
  ],
  [
    B,
    'select * from users u left join (posts p join users c on c.id = p.user_id) on p.id = u.org_id where u.id = 1',
  ],
  [U, 'select j.* from (users u join posts p on true) j where j.slug = $1'],
  [U, 'select count(*) over () from users'],
  [U, 'select * from users order by id offset 5'],
  [B, 'select * from users where false'],
  [U, 'select * from (values (1),(2)) v(x) join posts p on p.user_id = v.x'],
  [B, 'select * from (values (1),(2)) v(x) join users p on p.id = v.x'],
  [B, 'select * from (select *, row_number() over (order by id) as rn from posts) t where rn <= 3'],
  [B, 'select * from (select *, row_number() over (order by id) as rn from posts) t where 3 > rn'],
  [
    B,
    'select * from (select *, row_number() over (order by id) as rn from posts) t where rn between 2 and 4',
  ],
  [U, 'select * from (select *, rank() over (order by user_id) as rn from posts) t where rn <= 3'],
  [U, 'select * from (select *, row_number() over (order by id) as rn from posts) t where rn >= 3'],
  [U, 'select * from (select *, row_number() over (partition by id) as rn from posts) t where rn <= 3'],
  [
    B,
    'select * from (select *, row_number() over (partition by user_id) as rn from posts) t where rn <= 3 and user_id = 1',
  ],
  [
    U,
    'select * from (select id, generate_series(1, id), row_number() over () as rn from posts) t where rn <= 3',
  ],
  [
    U,
    'select * from (select *, row_number() over w as rn from posts window w as (partition by id)) t where rn <= 3',
  ],
  [U, 'select * from (select row_number() over () as rn from posts) t join posts p on true where rn <= 3'],
  [B, 'select * from users where id between 1 and 10'],
  [B, 'select * from users where id between $1 and $2', [5, 8]],
  [U, 'select * from users where id between $1 and $2'],
  [U, 'select * from users where id not between 1 and 10'],
  [U, 'select * from nums where n between 0 and 1'],
  [U, 'select * from posts where user_id between 1 and 2'],
  [B, 'select * from json_array_elements($1::json)', ['[1,2]']],
  [B, 'select * from jsonb_each(\'{"a": 1}\'::jsonb)'],
  [U, 'select jsonb_array_elements(data) from docs where id = 1'],
  [U, "select * from string_to_table('x'::text)"],
  [B, 'select s.active from sessions s full join (select 1 as one) o on false group by s.active'],
]

const database = await testDatabase()
const client = new pg.Client(database.config)
let catalog: Catalog

beforeAll(async () => {
  const corpus = JSON.parse(readFileSync(new URL('../corpus/bounded_cases.json', import.meta.url), 'utf8'))
  await client.connect()
  await client.query(corpus.schema_sql)
  await client.query(SCHEMA)
  catalog = await readCatalog(client)
  await loadParser()
})
afterAll(() => client.end())

describe('bounds', () => {
  test.each(cases.map(([wanted, sql, params = []]) => ({ wanted, sql, params })))(
    '$wanted: $sql',
    async ({ wanted, sql, params }) => {
      const { rows, nested, reason } = bound(sql, { catalog, params })
      expect(rows === Infinity ? U : nested === Infinity ? N : B, reason).toBe(wanted)
      const returned = await rowsReturned(sql, params)
      expect(returned ?? 0, `at most ${rows}`).toBeLessThanOrEqual(rows)
    },
  )
})

/** Undefined where the statement cannot be run with the parameters at hand. */
async function rowsReturned(sql: string, params: unknown[]): Promise<number | undefined> {
  await client.query('begin')
  try {
    const needed = Math.max(0, ...[...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))
    const values = Array.from({ length: needed }, (_, at) => params[at] ?? null)
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql, needed > 0 ? values : undefined)
    const results = Array.isArray(result) ? result : [result]
    return results.reduce((sum, { rows }) => sum + rows.length, 0)
  } catch (error) {
    // A statement whose types are unknown without the values of its parameters cannot be run; a mistake in a case can be
    // corrected.
    expect(String(error)).toMatch(/could not determine data type/)
    return undefined
  } finally {
    await client.query('rollback')
  }
}
