// Rewrites a write in a loop as one statement. A statement is written only when the text and the values of the loop prove that
// the same rows are in the table afterwards. Otherwise the result only names the way.
import { writeClauses } from '../../sql/clauses/clauses.ts'
import { insertRows } from './insert-rows.ts'
import { LONGEST_STATEMENT } from './repeated-read.ts'
import type { RepeatedWrite, WriteRewrite } from './repeated-write.ts'
import { fromRows } from './update-from-rows.ts'
import { byKeys } from './write-by-keys.ts'

export function rewriteWrite(write: RepeatedWrite): WriteRewrite {
  if (write.followsItself) return { kind: 'chain' }
  const clauses = write.text.length > LONGEST_STATEMENT ? undefined : writeClauses(write.text)
  if (!clauses) return { kind: 'words', write: write.kind }
  if (write.kind === 'insert') return insertRows(write, clauses)
  return byKeys(write, clauses) ?? fromRows(write, clauses) ?? { kind: 'words', write: write.kind }
}
