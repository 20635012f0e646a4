// The remedies of findings whose choice needs more than the library: whether a loop can be replaced at all, which rows are
// read, and what a statement groups. The words and the code come from the advisor of the library that built the statement.
import { outerText } from '../sql/fingerprint/outer-text.ts'
import type { Query, QuerySource } from '../types/query.ts'
import type { BuiltStatement, Remedy } from './advisor.ts'
import { advisorOf } from './advisors.ts'
import { rewriteRead } from './sql/read-rewrite.ts'
import type { ReadRewrite, RepeatedRead } from './sql/repeated-read.ts'
import type { RepeatedWrite } from './sql/repeated-write.ts'
import { rewriteWrite } from './sql/write-rewrite.ts'

/** The code that sends a statement. */
export interface Sender {
  via?: string | undefined
  /** Given only when code to paste may be made from it. */
  source?: QuerySource | undefined
}

export function adviseRead(read: RepeatedRead, { via, source }: Sender): Remedy {
  const advisor = advisorOf(via)
  const rewrite = rewriteRead(read)
  const code =
    source && !IN_ORDER.has(rewrite.kind)
      ? advisor.codeForRead(source, { isOneRow: read.findsOneRow === true })
      : undefined
  return code ?? advisor.readOnce(rewrite, source)
}

/**
 * Reads that have to stay in their order. The values of a walk cannot be collected before it, rows are locked in a certain
 * order, and rows that are written between two turns have to be read between them.
 */
const IN_ORDER: ReadonlySet<ReadRewrite['kind']> = new Set(['walk', 'locked', 'written'])

export function adviseWrite(write: RepeatedWrite, { via, source }: Sender): Remedy {
  const advisor = advisorOf(via)
  const rewrite = rewriteWrite(write)
  // Each row of a chain needs the id of the row before.
  const code = source && rewrite.kind !== 'chain' ? advisor.codeForWrite(write.kind, source) : undefined
  return code ?? advisor.writeOnce(rewrite, source)
}

/** For columns that nobody reads. The columns are named as in the rows. */
export function adviseColumns(
  statement: BuiltStatement & { via: string },
  read: readonly string[],
  unread: readonly string[],
): Remedy {
  return advisorOf(statement.via).selectColumns(statement, read, unread)
}

/** For rows of which at most one is read. */
export function adviseRows(
  statement: BuiltStatement & { via: string; onlyFirst: boolean },
  rowsRead: number,
): Remedy {
  const advisor = advisorOf(statement.via)
  if (rowsRead === 0) return advisor.countRows(statement)
  if (statement.onlyFirst) return advisor.firstRow(statement)
  return {
    remediation: 'Ask for the row that is read: by a WHERE, or an ORDER BY that puts it first and LIMIT 1.',
  }
}

/** For a result that grows with its table. A page of groups, or of a recursion, would answer another question. */
export function advisePage(text: string, { sql, via, bound }: Query): Remedy {
  const outer = outerText(text)
  if (/\bwith recursive\b/i.test(text))
    return { remediation: 'Limit how deep the recursion goes, or the rows that it starts from.' }
  if (GROUPED.test(outer) || /^select distinct\b/i.test(text)) return { remediation: FEWER_GROUPS }
  return advisorOf(via).page({ text, outer, sql, key: bound?.key })
}

const GROUPED = /\bgroup by\b/i
/** A LIMIT would leave groups out, and a sum over some of the groups is another sum. */
const FEWER_GROUPS =
  'Narrow by a condition what it groups, such as a period, or keep the totals in a table of their own: LIMIT would leave groups out.'
