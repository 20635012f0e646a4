// A detector outside of the package, made with its public API only. It finds transactions around a single SELECT: such a
// SELECT returns the same rows without the transaction, and BEGIN and COMMIT cost two more round trips. It never reports a
// SELECT that locks rows, nor a transaction with options, such as an isolation level.
import { byStatement, defineDetector, identify, type Query } from 'pg-loupe'
import { fingerprint } from 'pg-loupe/sql'

export default defineDetector({
  meta: {
    id: 'single-read-transaction',
    title: 'A transaction around a single SELECT',
    severity: 'info',
    description: 'BEGIN, one SELECT and COMMIT take three round trips where the SELECT alone takes one.',
    url: 'https://www.postgresql.org/docs/current/tutorial-transactions.html',
    defaults: {
      /** Minimum number of such transactions with one statement in one trace. */
      minTransactions: 1,
    },
  },
  detect(trace, { minTransactions }) {
    const reads = new Set(singleReads(trace.queries))
    return byStatement(trace, (query) => reads.has(query))
      .filter(({ indexes }) => indexes.length >= minTransactions)
      .map(({ worst, indexes }) => {
        const { text, key } = fingerprint(worst.sql)
        const { callSite = [] } = worst
        const saved = 2 * indexes.length
        return {
          ...identify('single-read-transaction', { trace, queries: indexes, callSite, statement: key }),
          severity: 'info',
          confidence: 'proven',
          title: 'A transaction around a single SELECT',
          detail: `BEGIN and COMMIT around this SELECT took ${saved} round trips and changed nothing.`,
          remediation: 'Send the SELECT without a transaction.',
          cost: { queries: saved, roundTrips: saved },
          evidence: [{ label: `${indexes.length}×`, text }],
        }
      })
  },
})

const BEGIN = /^(?:begin|start transaction)$/
const COMMIT = /^(?:commit|end)$/
const LOCKS = /\bfor (?:update|share|no key update|key share)\b/

/** The SELECTs that have BEGIN directly before them and COMMIT directly behind them on their connection. */
function singleReads(queries: readonly Query[]): Query[] {
  const connections = new Set(queries.map(({ connection }) => connection))
  return [...connections].flatMap((own) => {
    const sent = queries.filter(({ connection }) => connection === own)
    const texts = sent.map(({ sql }) => fingerprint(sql).text)
    return sent.filter(
      (query, at) => isRead(query) && BEGIN.test(texts[at - 1] ?? '') && COMMIT.test(texts[at + 1] ?? ''),
    )
  })
}

function isRead({ sql, error }: Query): boolean {
  const { kind, text } = fingerprint(sql)
  return kind === 'select' && error === undefined && !LOCKS.test(text)
}
