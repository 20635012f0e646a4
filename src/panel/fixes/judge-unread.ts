// Findings about unread columns and rows need several requests, and the process forgets them when it restarts. So one later
// request is judged by what it fetched and read itself, not by the absence of the finding.
import { fingerprint } from '../../sql/index.ts'
import { plural } from '../../text/plural.ts'
import type { Finding } from '../../types/finding.ts'
import type { Query, RowUsage } from '../../types/query.ts'
import {
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
  stillThere,
  tablesOfText,
  usesOneOf,
} from './seen-request.ts'

export function judgeUnreadColumns(
  finding: Finding,
  before: SeenRequest | undefined,
  later: ConclusiveRequest,
): Judgement {
  const names = new Set(finding.evidence.find(({ label }) => label === 'unread')?.text.split(', '))
  const { same, instead, tables } = readsOf(finding, before, later)
  const reads = same.length > 0 ? same : instead
  const watched = reads.filter(({ rows = 0 }) => rows > 0)
  if (watched.length === 0) return inconclusive(nothingRead(tables))
  const used = new Set(watched.flatMap(({ usage }) => (usage ? usedColumns(usage) : [])))
  const unread = new Set(
    watched.flatMap(({ usage }) => usage?.unread ?? []).filter((name) => names.has(name) && !used.has(name)),
  )
  if (unread.size > 0)
    return stillThere(`${list(unread)} ${unread.size === 1 ? 'was' : 'were'} fetched and not read again.`)
  if (watched.some(({ usage }) => !usage)) {
    const columns = new Set(
      watched.flatMap((query) => query.columns?.map(({ name }) => plainName(name)) ?? []),
    )
    if (columns.size === 0 || [...names].some((name) => columns.has(plainName(name)))) {
      return inconclusive(`It was not watched which columns of ${list(tables)} this request read.`)
    }
  }
  const now = [...names].filter((name) => used.has(name))
  return fixed(
    now.length > 0
      ? `${list(now)} ${now.length === 1 ? 'is' : 'are'} read in this request.`
      : `${list(names)} ${names.size === 1 ? 'is' : 'are'} not fetched any more.`,
  )
}

export function judgeUnreadRows(
  finding: Finding,
  before: SeenRequest | undefined,
  later: ConclusiveRequest,
): Judgement {
  const { same, instead, tables } = readsOf(finding, before, later)
  const most = mostOf(same)
  const touched = Math.max(0, ...same.map(({ usage }) => usage?.rowsTouched ?? 0))
  if (touched > 1) return fixed(`${touched} of ${most} rows are read in this request.`)
  if (most >= MANY_ROWS && same.every(({ usage, rows = 0 }) => usage || rows < MANY_ROWS)) {
    return stillThere(`${most} rows were fetched, and ${touched === 0 ? 'none' : 'one'} of them was read.`)
  }
  if (same.length > 0 && same.every(({ limit }) => limit === 1))
    return fixed('The statement now asks for one row.')
  if (same.length > 0)
    return inconclusive(
      `The statement returned ${plural(most, 'row')} this time: repeat the request where there are ${MANY_ROWS} or more.`,
    )
  const [replaced] = instead
  if (!replaced) return inconclusive(nothingRead(tables))
  if (instead.every(fetchesOneRow)) return fixed(`Another statement now fetches one row of ${list(tables)}.`)
  const read = instead.find(({ usage }) => (usage?.rowsTouched ?? 0) > 1)
  return read
    ? fixed(
        `Another statement now fetches ${plural(read.rows ?? 0, 'row')} of ${list(tables)}, and reads them.`,
      )
    : inconclusive(
        `Another statement returned ${plural(mostOf(instead), 'row')} of ${list(tables)} this time, which proves nothing.`,
      )
}

/** Fewer are not reported. */
const MANY_ROWS = 10

function fetchesOneRow({ limit, bound, sql, rows = 0 }: Query): boolean {
  if (rows > 1) return false
  return (
    limit === 1 ||
    bound?.rows === 1 ||
    /^select (?:count|exists|sum|min|max|avg)\b/i.test(fingerprint(sql).text)
  )
}

function nothingRead(tables: ReadonlySet<string>): string {
  return `This request got no rows from ${list(tables)}.`
}

function usedColumns({ read, serialized, named = [] }: RowUsage): string[] {
  return [...read, ...serialized, ...named]
}

/** A library may call `category_id` by the name `categoryId`. */
function plainName(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

function readsOf(finding: Finding, before: SeenRequest | undefined, { trace }: ConclusiveRequest) {
  const queries = answeredQueries(trace)
  const tables = tablesOfText(finding.evidence[0]?.text ?? '')
  const isSame = isOneOf(fingerprintsOf(finding))
  const isKnown = isOneOf(new Set(before?.trace?.queries.map(({ sql }) => fingerprint(sql).key)))
  return {
    tables,
    same: queries.filter(isSame),
    instead: queries.filter(
      (query) =>
        !isSame(query) &&
        !isKnown(query) &&
        fingerprint(query.sql).kind === 'select' &&
        usesOneOf(tables)(query),
    ),
  }
}
