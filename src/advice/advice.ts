// What to do instead of a loop, in the words of the application where its source shows them, else in those of the library
// that built its statement. A library says what it has words for; the rest is said in SQL's.
import type { QuerySource } from '../types/query.ts'
import { readInDrizzle, writeInDrizzle } from './drizzle.ts'
import { drizzleCode } from './drizzle-code.ts'
import { poolCode } from './pool-code.ts'
import { type RepeatedRead, rewriteRead } from './read-rewrite.ts'
import { type Remedy, readInSql, writeInSql } from './sql.ts'
import { type RepeatedWrite, rewriteWrite } from './write-rewrite.ts'

/** Who sends the statement. */
export interface Sender {
  via?: string | undefined
  /** What its source shows, where that is to be used. */
  source?: QuerySource | undefined
}

export function adviseRead(read: RepeatedRead, { via, source }: Sender): Remedy {
  const rewrite = rewriteRead(read)
  // The values of a walk cannot be collected first, rows that are locked are locked in an order, and what is written between two
  // turns has to be read between them.
  const code = IN_ORDER.has(rewrite.kind) ? undefined : codeFor('select', { via, source })
  return code ?? { ...readInSql(rewrite), ...(via === 'drizzle' ? readInDrizzle(rewrite, source) : {}) }
}

const IN_ORDER: ReadonlySet<string> = new Set(['walk', 'locked', 'written'])

export function adviseWrite(write: RepeatedWrite, { via, source }: Sender): Remedy {
  const rewrite = rewriteWrite(write)
  const code = rewrite.kind === 'chain' ? undefined : codeFor(write.kind, { via, source })
  return code ?? { ...writeInSql(rewrite), ...(via === 'drizzle' ? writeInDrizzle(rewrite, source) : {}) }
}

/** The code to paste, where the calls can be rewritten. */
function codeFor(kind: string, { via, source }: Sender): Remedy | undefined {
  if (!source) return undefined
  return via === 'drizzle' ? drizzleCode(kind, source) : poolCode(kind, source)
}
