// Asks PostgreSQL for the generic plan of a statement: EXPLAIN without ANALYZE, which plans and does not execute, in a read-only
// transaction that is rolled back, on a connection of its own with timeouts. Parameters need no values for a generic plan.
import type { Database, QueryLimits, SendStatement } from '../../../catalog/database.ts'
import { errorCode } from '../../../text/error-code.ts'
import { statementToExplain } from './statement-to-explain.ts'

const LIMITS: QueryLimits = {
  applicationName: 'pg-loupe explain',
  connectTimeoutMs: 3_000,
  queryTimeoutMs: 5_000,
}

/** GENERIC_PLAN exists since PostgreSQL 16. */
const FIRST_VERSION = 160_000
/** SQLSTATE `indeterminate_datatype`: a parameter of `json_build_object`, for example, may have any type. A literal would be text. */
const NO_TYPE = '42P18'
/** Parameters whose type PostgreSQL may ask for, one after the other. */
const MOST_ATTEMPTS = 20
const LONGEST_REASON = 500

export type Explained = { plan: unknown } | { error: string }

/** `neutral` is a statement without its values. Never rejects. */
export async function explainStatement(
  database: Pick<Database, 'session'>,
  neutral: string,
): Promise<Explained> {
  const statement = statementToExplain(neutral)
  if ('reason' in statement) return { error: statement.reason }
  try {
    return await database.session(LIMITS, async (send) => {
      const [version, name] = await versionOf(send)
      if (version < FIRST_VERSION)
        return {
          error: `A plan without values needs GENERIC_PLAN of PostgreSQL 16 or later. This server is PostgreSQL ${name}.`,
        }
      return { plan: await genericPlan(send, statement.text) }
    })
  } catch (error) {
    return { error: `There is no plan: ${reasonOf(error)}`.slice(0, LONGEST_REASON) }
  }
}

async function versionOf(send: SendStatement): Promise<[number, string]> {
  const number = Number(firstValue(await send('show server_version_num')))
  return [number, String(Math.floor(number / 10_000))]
}

async function genericPlan(
  send: SendStatement,
  text: (castToText: ReadonlySet<number>) => string,
): Promise<unknown> {
  const castToText = new Set<number>()
  for (;;) {
    await send('begin transaction read only')
    try {
      const plan = firstValue(await send(`explain (generic_plan, format json) ${text(castToText)}`))
      return typeof plan === 'string' ? JSON.parse(plan) : plan
    } catch (error) {
      const parameter = errorCode(error) === NO_TYPE ? namedParameter(error) : undefined
      if (parameter === undefined || castToText.has(parameter) || castToText.size >= MOST_ATTEMPTS)
        throw error
      castToText.add(parameter)
    } finally {
      await send('rollback')
    }
  }
}

/** A message of PostgreSQL is about a statement without values. Other messages could contain anything. */
function reasonOf(error: unknown): string {
  const code = errorCode(error)
  return error instanceof Error && SQLSTATE.test(code) ? error.message : code
}

const SQLSTATE = /^[0-9A-Z]{5}$/

/** The message is translated, and the parameter in it is not: `could not determine data type of parameter $2`. */
function namedParameter(error: unknown): number | undefined {
  const found = /\$(\d{1,5})\b/.exec(error instanceof Error ? error.message : '')
  return found ? Number(found[1]) : undefined
}

/** Rows are objects or arrays. */
function firstValue([row]: readonly unknown[]): unknown {
  return typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined
}
