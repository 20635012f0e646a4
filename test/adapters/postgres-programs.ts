// Random programs in the forms of postgres.js that do not confuse it: a query that is cancelled before it is sent, a value
// that it refuses, or a cursor whose callback throws, disturbs the other queries of its connection. A program writes down whatever the application can see, so that the notes of a
// profiled run can be compared with those of a bare one.
import { join } from 'node:path'
import postgres from 'postgres'

type Sql = postgres.Sql | postgres.TransactionSql | postgres.ReservedSql
type Note = (...what: unknown[]) => void
type Random = (below: number) => number

/** A text file that contains one statement. */
const FILE = join(import.meta.dirname, 'postgres-file.sql')

/** postgres.js exports the same object with every pool, and a transaction does not have it. */
const CLOSE = (postgres({ max: 1, no_subscribe: true } as object) as postgres.Sql).CLOSE

type Form = (sql: Sql, random: Random, note: Note, close: unknown) => Promise<unknown>

const rows = (sql: Sql, random: Random) =>
  sql`select n, 'v' || n as v from generate_series(1, ${1 + random(5)}::int) n`

const forms: Form[] = [
  async (sql, random, note) => note(...seen(await rows(sql, random))),
  async (sql, random, note) => note(...seen(await rows(sql, random).values())),
  async (sql, random, note) => note(...seen(await rows(sql, random).raw())),
  async (sql, random, note) => note(...seen(await rows(sql, random).execute())),
  async (sql, random, note) => {
    const both = sql`n > ${random(3)} and ${sql`n < ${random(9)}`}`
    note(...seen(await sql`select n from generate_series(1, 9) n where ${both}`))
  },
  async (sql, random, note) => {
    const list = [1, 2, 3].slice(0, 1 + random(3))
    note(...seen(await sql`select ${sql(['n'])} from generate_series(1, 9) n where n in ${sql(list)}`))
    note(
      ...seen(
        await sql`select * from (values ${sql([
          [1, 'a'],
          [random(9), 'b'],
        ] as never)}) t (a, b)`,
      ),
    )
  },
  async (sql, random, note) => {
    const added = [
      { id: random(1000), name: 'x' },
      { id: 1000 + random(1000), name: null },
    ]
    note(...seen(await sql`insert into things ${sql(added)} returning *`))
    note(...seen(await sql`update things set ${sql({ name: `y${random(9)}` })} where id < ${random(500)}`))
    note(...seen(await sql`delete from things where id >= ${0}`))
  },
  async (sql, random, note) => note(...seen(await sql.unsafe(`select ${random(9)} as n`))),
  async (sql, random, note) => note(...seen(await sql.unsafe('select $1::int as n', [random(9)]))),
  async (sql, random, note) =>
    note(...seen(await sql.unsafe('select $1::int as n', [random(9)], { prepare: true }))),
  async (sql, random, note) => {
    const several = await sql.unsafe(`select ${random(9)} as a; select ${random(9)} as b`)
    note(several.length, ...[...several].flatMap(seen))
  },
  async (sql, random, note) => note(...seen(await sql.file(FILE, [random(9)]))),
  async (sql, random, note) => {
    const { string, types, columns } = await rows(sql, random).describe()
    note(
      string,
      types,
      columns.map(({ name }) => name),
    )
  },
  async (sql, random, note, close) => {
    const most = random(4)
    let portions = 0
    await rows(sql, random).cursor(1 + random(3), (portion) => {
      note('portion', ...seen(portion))
      return portions++ === most ? close : undefined
    })
  },
  async (sql, random, note) => {
    const most = random(4)
    let portions = 0
    for await (const portion of rows(sql, random).cursor(1 + random(3))) {
      note('portion', ...seen(portion))
      if (portions++ === most) break
    }
  },
  async (sql, random, note) => {
    const result = await rows(sql, random).forEach((row) => {
      note('row', { ...row })
    })
    note('end', (result as { count?: number }).count)
  },
  async (sql, _random, note) => sql`select nope`.then(note, (error) => note(failed(error))),
  async (sql, random, note) =>
    sql`select 1 / ${random(2)}::int as n`.then(
      (all) => note(...seen(all)),
      (error) => note(failed(error)),
    ),
  async (sql, _random, note) =>
    sql`select nope`.catch((error) => note(failed(error))).finally(() => note('at last')),
  async (sql, random, note) => {
    const query = rows(sql, random)
    const first = await query
    note(first === (await query), query instanceof Promise, typeof query.then, keysOf(query))
  },
  async (sql, _random, note) => {
    void sql`select 1 as never`
    note('never sent')
  },
  async (sql, random, note) => {
    const all = await Promise.all([1, 2, 3].map((n) => sql`select ${n + random(5)}::int as n`))
    for (const one of all) note(...seen(one))
  },
  async (sql, random, note) => {
    const all = await Promise.allSettled([rows(sql, random), sql`select nope`, rows(sql, random)])
    for (const one of all) note(one.status === 'fulfilled' ? seen(one.value) : failed(one.reason))
  },
  async (sql, random, note) => {
    await nested(sql, random, note).catch((error) => note('outside', failed(error)))
  },
  async (sql, random, note) => {
    await nested(sql, random, note).catch((error) => note('outside', failed(error)))
  },
  async (sql, random, note) => {
    if (!('reserve' in sql)) return
    const reserved = await sql.reserve()
    await reserved`begin`
    await step(reserved, random, note)
    await reserved`rollback`
    reserved.release()
    note('released')
  },
]

/** A transaction, or a savepoint in one. */
async function nested(sql: Sql, random: Random, note: Note): Promise<unknown> {
  const isFailing = random(3) === 0
  const work = async (inner: postgres.TransactionSql) => {
    for (let left = 1 + random(2); left > 0; left--) await step(inner, random, note)
    if (isFailing) throw new Error('planned')
    return [inner`select 1 as last`, 'done']
  }
  if ('begin' in sql) return note('began', await sql.begin(work))
  if ('savepoint' in sql) return note('saved', await sql.savepoint(work))
  return undefined
}

async function step(sql: Sql, random: Random, note: Note): Promise<void> {
  const form = forms[random(forms.length)] as Form
  try {
    await form(sql, random, note, CLOSE)
  } catch (error) {
    note('thrown', failed(error))
  }
}

/** Runs some flows at once, each of which sends some queries, and returns their notes. */
export async function runProgram(sql: postgres.Sql, seed: number): Promise<string[][]> {
  const random = randomFrom(seed)
  return Promise.all(
    Array.from({ length: 1 + random(3) }, async (_, flow) => {
      // Each flow has random numbers of its own, because the order of the flows may differ.
      const own = randomFrom(seed * 31 + flow)
      const notes: string[] = []
      for (let left = 1 + own(4); left > 0; left--) {
        await step(sql, own, (...what) => {
          const text = JSON.stringify(what, (_key, value) =>
            typeof value === 'bigint' ? `${value}n` : value,
          )
          notes.push(text)
        })
      }
      return notes
    }),
  )
}

interface SeenResult {
  count: unknown
  command: unknown
  columns?: { name: string; type: number }[]
  statement?: { string: string }
}

/** The parts of a result that the application can see. */
function seen(result: unknown): unknown[] {
  const { count, command, columns, statement } = result as SeenResult
  const list = result as unknown[]
  return [
    list.constructor.name,
    list.map((row) => (Array.isArray(row) ? [...row] : { ...(row as object) })),
    count,
    command,
    columns?.map(({ name, type }) => [name, type]),
    statement?.string,
    list[0] && Object.getOwnPropertyNames(list[0]),
  ]
}

/** `parsing` is only there when the connection did not know the prepared statement yet, which depends on the connection. */
function keysOf(query: object): string[] {
  return Object.keys(query).filter((key) => key !== 'parsing')
}

/** The parts of an error that the application can see, without the place in the server, which depends on the same. */
function failed(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const hidden = ['query', 'parameters', 'args', 'types'].map((name) => {
    const property = Object.getOwnPropertyDescriptor(error, name)
    return property && [name, property.enumerable, property.value]
  })
  const { file: _file, line: _line, routine: _routine, ...shown } = error as Error & Record<string, unknown>
  return [error.name, error.message, shown, Object.keys(error), hidden]
}

function randomFrom(seed: number): Random {
  let state = seed * 2654435761 + 1
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0
    return (state >>> 8) % below
  }
}
