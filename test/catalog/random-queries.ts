// Makes up queries over a few tables, with joins, groups, set operations and conditions of the kinds that bounds reason about.
// Columns hold few different values, so that a bound that is too low shows.

export const RANDOM_SCHEMA = `
create table a (id int primary key, x int, y int not null, f boolean not null, u int unique, m numeric unique);
create table b (id int primary key, aid int, x int, k int not null, unique (aid, k));
create table d (p int, q int, x int, primary key (p, q));
create unique index on d (x) where q = 1;
create table e (id int primary key, x int unique, y int);
create view va as select a.id, a.x, b.k from a left join b on b.aid = a.id;
create view vb as select x, count(*) as n from a group by x;
create view vd as select distinct x, y from a;
insert into a select i, i % 3, i % 2, i % 2 = 0, case when i % 4 > 0 then i end, i from generate_series(0, 24) i;
insert into b select i, i % 5, i % 3, i / 5 from generate_series(0, 24) i;
insert into d select i % 5, i / 5, case when i / 5 = 1 then i else i % 3 end from generate_series(0, 24) i;
insert into e select i, case when i > 2 then i end, i % 3 from generate_series(0, 12) i`

const TABLES: Readonly<Record<string, readonly string[]>> = {
  a: ['id', 'x', 'y', 'u', 'm'],
  b: ['id', 'aid', 'x', 'k'],
  d: ['p', 'q', 'x'],
  e: ['id', 'x', 'y'],
  va: ['id', 'x', 'k'],
  vb: ['x', 'n'],
  vd: ['x', 'y'],
}

interface Source {
  alias: string
  columns: readonly string[]
}

interface Made {
  sql: string
  columns: string[]
}

export function randomQuery(below: (limit: number) => number): string {
  let aliases = 0
  return select(2, []).sql

  function chance(percent: number): boolean {
    return below(100) < percent
  }

  function pick<Item>(items: readonly Item[]): Item {
    return items[below(items.length)] as Item
  }

  function column(sources: readonly Source[]): string {
    const source = pick(sources)
    return `${source.alias}.${pick(source.columns)}`
  }

  function select(depth: number, outer: readonly Source[]): Made {
    const { sources, sql: from } = fromClause(depth)
    let rest = ` from ${from}`
    if (chance(75)) rest += ` where ${conditions(sources, outer, depth, 1 + below(3))}`
    const kind = below(100)
    if (kind < 12) {
      const groups = [column(sources), column(sources)].slice(0, 1 + below(2))
      const outputs = groups.map((group, at) => `${group} as g${at}`)
      const by = chance(30) ? groups.map((_, at) => at + 1) : groups
      const columns = [...groups.map((_, at) => `g${at}`), 'n']
      return { sql: `select ${outputs.join(', ')}, count(*) as n${rest} group by ${by.join(', ')}`, columns }
    }
    if (kind < 18)
      return {
        sql: `select max(${column(sources)}) as m, json_agg(${sources[0]?.alias}) as j${rest}`,
        columns: ['m'],
      }
    const chosen = [column(sources), column(sources), column(sources)].slice(0, 1 + below(3))
    const columns = chosen.map((_, at) => `c${at}`)
    let outputs = chosen.map((one, at) => `${one} as c${at}`).join(', ')
    if (chance(12)) {
      const partition = chance(50) ? `partition by ${chosen[0]} ` : ''
      outputs += `, row_number() over (${partition}order by ${chosen[0]}) as rn`
      columns.push('rn')
    }
    if (chance(10))
      outputs += `, array(select b.id from b${chance(50) ? ` where b.id = ${chosen[0]}` : ''}) as r`
    if (chance(4)) outputs += `, generate_series(1, ${1 + below(3)}) as s`
    let sql = `select ${chance(12) ? 'distinct ' : ''}${outputs}${rest}`
    if (chance(4)) sql += ` order by 1 fetch first ${1 + below(3)} rows with ties`
    else if (chance(8)) sql += ` limit ${below(4)}`
    else if (columns.length === 1 && outputs.split(',').length === 1 && chance(10))
      sql += ` ${pick(['union', 'union all', 'intersect', 'except'])} select ${pick(['id', 'x'])} from ${pick(['a', 'e'])}`
    return { sql, columns }
  }

  function fromClause(depth: number): { sources: Source[]; sql: string } {
    const sources: Source[] = []
    let sql = ''
    // After a comma, only what follows it can be named in ON.
    let since = 0
    for (let at = 0, count = 1 + below(3); at < count; at++) {
      const join =
        at === 0
          ? ''
          : pick([', ', 'join', 'join', 'left join', 'left join', 'right join', 'full join', 'cross join'])
      const isLateral = join !== 'right join' && join !== 'full join'
      const source = relation(isLateral ? sources : [], depth)
      if (join === ', ') since = at
      sources.push(source)
      if (join === '') sql = source.sql
      else if (join === ', ') sql += `, ${source.sql}`
      else if (join === 'cross join') sql += ` cross join ${source.sql}`
      else if (join === 'full join')
        sql += ` full join ${source.sql} on ${column(sources.slice(since, at))} = ${column([source])}`
      else sql += ` ${join} ${source.sql} on ${conditions(sources.slice(since), [], 0, 1 + below(2))}`
    }
    return { sources, sql }
  }

  function relation(neighbours: readonly Source[], depth: number): Source & { sql: string } {
    const alias = `t${aliases++}`
    const kind = below(100)
    if (depth > 0 && kind < 32) {
      const isLateral = kind >= 22 && neighbours.length > 0
      const { sql, columns } = select(depth - 1, isLateral ? neighbours : [])
      return { alias, columns, sql: `${isLateral ? 'lateral ' : ''}(${sql}) ${alias}` }
    }
    if (kind < 38) return { alias, columns: ['n'], sql: `generate_series(0, ${below(4)}) ${alias}(n)` }
    if (kind < 43) {
      const rows = `(${below(3)}, ${below(3)}), (${below(3)}, ${below(3)})`
      return { alias, columns: ['p', 'q'], sql: `(values ${rows}) ${alias}(p, q)` }
    }
    const name = pick(Object.keys(TABLES))
    return { alias, columns: TABLES[name] as readonly string[], sql: `${name} ${alias}` }
  }

  function conditions(
    sources: readonly Source[],
    outer: readonly Source[],
    depth: number,
    count: number,
  ): string {
    return Array.from({ length: count }, () => condition(sources, outer, depth)).join(' and ')
  }

  function condition(sources: readonly Source[], outer: readonly Source[], depth: number): string {
    const left = column(sources)
    const kind = below(100)
    if (kind < 50) return `${left} = ${value(sources, outer, depth)}`
    if (kind < 58) return `${left} in (${below(5)}, ${below(5)})`
    if (kind < 63) return `${left} = any(array[${below(5)}, ${below(5)}])`
    if (kind < 66) return `${left} > ${below(4)}`
    if (kind < 70) return `${left} between ${below(3)} and ${below(5)}`
    if (kind < 74) return `${left} is ${pick(['', 'not '])}null`
    if (kind < 78) return `${left} is not distinct from ${value(sources, outer, 0)}`
    if (kind < 85) return `(${condition(sources, outer, depth)} or ${condition(sources, outer, depth)})`
    if (kind < 89) return `not (${left} <> ${below(5)})`
    if (kind < 92) return `not (${condition(sources, outer, 0)})`
    if (kind < 95)
      return `(${left}, ${column(sources)}) in ((${below(4)}, ${below(4)}), (${below(4)}, ${below(4)}))`
    return depth > 0 ? `${left} in (${inner([...sources, ...outer])})` : `${left} = ${below(3)}`
  }

  function value(sources: readonly Source[], outer: readonly Source[], depth: number): string {
    const kind = below(100)
    if (kind < 40) return String(below(6))
    if (kind < 75) return column(sources)
    if (kind < 85 && outer.length > 0) return column(outer)
    if (kind < 92) return `${column(sources)} + ${below(2)}`
    return depth > 0 ? `(${inner([...sources, ...outer])} limit 1)` : `${below(4)}::numeric`
  }

  /** A small query that may look outside. */
  function inner(outer: readonly Source[]): string {
    const { sql, ...source } = relation([], 0)
    return `select ${column([source])} from ${sql} where ${condition([source], outer, 0)}`
  }
}
