// A loop is fixed when its list had several rows, nothing repeats its statement, and another statement read or wrote the
// same tables instead: a join, one query for all values, a relational query. A list with one row proves nothing, and neither
// does a request that did not touch the tables: a cache may have answered, or the code took another path.
import { findRepetitions } from '../../grouping/repetitions.ts'
import { fingerprint } from '../../sql/index.ts'
import { plural } from '../../text/plural.ts'
import type { Finding, LoopStatement } from '../../types/finding.ts'
import type { Query } from '../../types/query.ts'
import {
  amountOf,
  answeredQueries,
  type ConclusiveRequest,
  fingerprintsOf,
  fixed,
  inconclusive,
  isOneOf,
  type Judgement,
  list,
  mostOf,
  type SeenRequest,
  tablesOfQuery,
  tablesOfText,
  usesOneOf,
} from './seen-request.ts'

/** Rows of the list from which on the detectors report a loop, where the origin of its values is proven and where not. */
const PROVEN_ROWS = 2
const LIKELY_ROWS = 3

export function judgeLoop(
  finding: Finding,
  before: SeenRequest | undefined,
  { trace }: ConclusiveRequest,
): Judgement {
  const isOfLoop = isOneOf(fingerprintsOf(finding))
  const turn = before?.trace ? largest(before.trace.queries.filter(isOfLoop)) : Number.POSITIVE_INFINITY
  const isBatch = (query: Query) => isOfLoop(query) && amountOf(query) > turn
  const repeated = findRepetitions(trace.queries)
    .map(({ indexes }) => indexes.flatMap((index) => trace.queries[index] ?? []))
    .map((queries) => queries.filter((query) => isOfLoop(query) && !isBatch(query)))
    .find((queries) => queries.length > 1)
  if (repeated) {
    const isIgnored = repeated.some(({ ignored }) => ignored !== undefined)
    const why = isIgnored ? 'but the code ignores it' : 'which is too few, or too different, to be reported'
    return inconclusive(`A statement of the loop was sent ${repeated.length} times again, ${why}.`)
  }
  const isKnown = isOneOf(new Set(before?.trace?.queries.map(({ sql }) => fingerprint(sql).key)))
  const isNew = (query: Query) => isBatch(query) || (!isOfLoop(query) && !isKnown(query))
  const judgements = (finding.statements ?? []).map((statement) =>
    judgeStatement(statement, finding, answeredQueries(trace), isNew),
  )
  return judgements.find(({ state }) => state === 'fixed') ?? (judgements[0] as Judgement)
}

function judgeStatement(
  { text, count, confidence, evidence }: LoopStatement,
  finding: Finding,
  queries: readonly Query[],
  isNew: (query: Query) => boolean,
): Judgement {
  const tables = tablesOfText(text)
  const instead = queries.filter((query) => isNew(query) && usesOneOf(tables)(query))
  const lists = [...evidence, ...finding.evidence].flatMap(({ label, text: parent }) =>
    label === 'rows of' || label === 'perhaps of' ? [...tablesOfText(parent)] : [],
  )
  const ofList = lists.length > 0 ? queries.filter(usesOneOf(new Set(lists))) : []
  const names = list(tables) || 'its tables'
  if (instead.length === 0) {
    return inconclusive(
      `No other query used ${names} instead of the loop: the data may come from a cache, or the request took another path.`,
    )
  }
  const most = Math.max(mostOf(ofList), ...instead.map(amountOf))
  const needed = confidence === 'proven' ? PROVEN_ROWS : LIKELY_ROWS
  if (most < needed) {
    return inconclusive(
      `The list had ${plural(most, 'row')}, and a loop shows only with ${needed} rows or more: repeat the request where there are more.`,
    )
  }
  const used = list(
    new Set(instead.flatMap((query) => [...tablesOfQuery(query)]).filter((table) => tables.has(table))),
  )
  return fixed(
    `${plural(instead.length, 'query', 'queries')} used ${used} for ${most} rows or values, where the loop sent ${count} queries.`,
  )
}

/**
 * The rows or values of the largest turn. A query that does the work of several turns can have the fingerprint of one turn,
 * because VALUES and IN may be longer, so it is known by being larger.
 */
function largest(turns: readonly Query[]): number {
  return turns.reduce((most, query) => Math.max(most, amountOf(query)), 0)
}
