// Runs the remedies of a recording beside their loops, on a database as it was before the loops ran or, when their rows do not
// exist there, as it was after them. A loop that runs on neither database is reported as such.
import type { ClientBase } from 'pg'
import { type Comparison, compareReads } from './compare-reads.ts'
import { compareWrites } from './compare-writes.ts'
import type { RecordedLoop } from './recorded-loops.ts'

export interface RemedyVerdict extends Comparison {
  loop: RecordedLoop
  /** The reason why the remedy could not run. */
  failure?: string
}

export async function runRemedies(
  loops: readonly RecordedLoop[],
  clients: readonly ClientBase[],
): Promise<RemedyVerdict[]> {
  const verdicts: RemedyVerdict[] = []
  for (const loop of loops) {
    let verdict: RemedyVerdict | undefined
    for (const client of clients) {
      const found = await runRemedy(loop, client)
      if (!verdict || verdict.failure !== undefined || verdict.rows === 0) verdict = found
      if (verdict.differences.length > 0 || (verdict.failure === undefined && verdict.rows > 0)) break
    }
    if (verdict) verdicts.push(verdict)
  }
  return verdicts
}

async function runRemedy(loop: RecordedLoop, client: ClientBase): Promise<RemedyVerdict> {
  const compare = loop.detector === 'n-plus-one' ? compareReads : compareWrites
  try {
    return { loop, ...(await compare(client, loop)) }
  } catch (error) {
    return { loop, turns: 0, rows: 0, differences: [], failure: (error as Error).message }
  }
}
