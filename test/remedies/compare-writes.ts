// Runs a loop of writes and its remedy, each in a transaction that is rolled back, and compares the rows that they leave in
// the table and the rows that they return. Sequences are reset between the runs. Times and random values are ignored.
import type { ClientBase } from 'pg'
import type { Comparison } from './compare-reads.ts'
import type { RecordedLoop } from './recorded-loops.ts'
import { listRun, type RemedyRun, rowsRun, valuesOf } from './remedy-values.ts'

export async function compareWrites(client: ClientBase, loop: RecordedLoop): Promise<Comparison> {
  try {
    return await compareFrom(client, loop, [])
  } catch (error) {
    // The rows exist already, or the rows that they refer to do not exist. Both then begin with an empty table.
    if (!(error instanceof LoopError) || !loop.text.startsWith('insert ')) throw error
    return await compareFrom(client, loop, [
      'set local session_replication_role = replica',
      `delete from ${tableOf(loop.text)}`,
    ])
  }
}

/** The result when the loop itself cannot run on this database. */
class LoopError extends Error {}

async function compareFrom(
  client: ClientBase,
  loop: RecordedLoop,
  preparation: readonly string[],
): Promise<Comparison> {
  const { text, turns } = loop
  const table = tableOf(text)
  const given = JSON.stringify(turns.map(({ params }) => params))
  const sequences = await readSequences(client)
  const rowsAfter = async (work: () => Promise<readonly unknown[]>) => {
    const rows = await within(client, async () => {
      for (const statement of preparation) await client.query(statement)
      const returned = (await work()).map((row) => `returned ${asText(row, given)}`)
      return [await tableRows(client, table, given), ...new Set(returned.sort())].join('\n')
    })
    await resetSequences(client, sequences)
    return rows
  }
  const before = await rowsAfter(async () => [])
  const byLoop = await rowsAfter(async () => {
    const returned: unknown[] = []
    for (const { sql, params = [] } of turns) {
      returned.push(...(await client.query(sql, [...params])).rows)
    }
    return returned
  }).catch((error: Error) => {
    throw new LoopError(`the loop itself fails: ${error.message}`)
  })
  const { sql, values } = remedyRun(loop)
  const byRemedy = await rowsAfter(async () => (await client.query(sql, values)).rows)
  const differences =
    byLoop === byRemedy ? [] : [`${difference(byRemedy, byLoop)} instead of ${difference(byLoop, byRemedy)}`]
  const changed = byLoop === before ? 0 : difference(byLoop, before).split('\n').length
  return { turns: turns.length, rows: changed, differences }
}

function remedyRun(loop: RecordedLoop): RemedyRun {
  const { fix, text, turns } = loop
  return fix.includes(' -- and so on') ? rowsRun(fix, loop) : listRun(fix, text, valuesOf(turns))
}

function tableOf(text: string): string {
  const table =
    /^(?:insert into|update|delete from) (?:only )?((?:"[^"]+"|[\w$])+(?:\.(?:"[^"]+"|[\w$])+)?)/.exec(
      text,
    )?.[1]
  if (!table) throw new Error(`No table: ${text}`)
  return table
}

async function within<Result>(client: ClientBase, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin')
  try {
    return await work()
  } finally {
    await client.query('rollback')
  }
}

/** Replaces times and random values that were made since the transaction began, so that they are equal for both. */
async function tableRows(client: ClientBase, table: string, given = ''): Promise<string> {
  const { rows } = await client.query(
    `select to_jsonb(t) as row, t.xmin::text = (txid_current() % 4294967296)::text as is_new from ${table} t`,
  )
  return rows
    .map(({ row, is_new }) => (is_new ? asText(row, given) : JSON.stringify(row)))
    .sort()
    .join('\n')
}

function asText(row: unknown, given: string): string {
  return JSON.stringify(row, (_, value) => neutral(value, given))
}

function neutral(value: unknown, given: string): unknown {
  if (typeof value !== 'string') return value
  if (UUID.test(value)) return given.includes(value) ? value : 'some uuid'
  return /^\d{4}-\d\d-\d\d[T ]/.test(value) && Math.abs(Date.parse(value) - Date.now()) < 86_400_000
    ? 'now'
    : value
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

function difference(one: string, other: string): string {
  const rest = new Set(other.split('\n'))
  return one
    .split('\n')
    .filter((row) => !rest.has(row))
    .join('\n')
    .slice(0, 500)
}

async function readSequences(
  client: ClientBase,
): Promise<{ name: string; value: string | null; start: string }[]> {
  const { rows } = await client.query(
    `select format('%I.%I', schemaname, sequencename) as name, last_value::text as value, start_value::text as start from pg_sequences`,
  )
  return rows
}

async function resetSequences(
  client: ClientBase,
  sequences: Awaited<ReturnType<typeof readSequences>>,
): Promise<void> {
  for (const { name, value, start } of sequences)
    await client.query('select setval($1, $2, $3)', [name, value ?? start, value !== null])
}
