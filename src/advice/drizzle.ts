// The answers for queries of Drizzle, in the calls of Drizzle 0.45 and 1.0.
import type { Advisor } from './advisor.ts'
import { drizzleRead, drizzleWrite } from './drizzle/code.ts'
import { limitedInDrizzle, selectedInDrizzle } from './drizzle/columns.ts'
import { readInDrizzle, writeInDrizzle } from './drizzle/loop-words.ts'
import { onlyColumns } from './sql/select-columns.ts'
import { sqlAdvisor } from './sql.ts'

export const drizzleAdvisor: Advisor = {
  ...sqlAdvisor,
  codeForRead: drizzleRead,
  codeForWrite: drizzleWrite,
  // Beside the words of Drizzle, the statement in SQL shows what is to be sent.
  readOnce: (rewrite, source) => ({
    ...sqlAdvisor.readOnce(rewrite, source),
    ...readInDrizzle(rewrite, source),
  }),
  writeOnce: (rewrite, source) => ({
    ...sqlAdvisor.writeOnce(rewrite, source),
    ...writeInDrizzle(rewrite, source),
  }),
  selectColumns: ({ text, expression }, read) => onlyColumns(read, selectedInDrizzle(text, read, expression)),
  firstRow({ expression }) {
    const fix = expression === undefined ? undefined : limitedInDrizzle(expression)
    return { remediation: 'Ask for one row: findFirst, or .limit(1).', ...(fix ? { fix } : {}) }
  },
  countRows: () => ({
    remediation:
      'If their number is what counts, ask for it: db.$count(…). If it is whether there are any: exists(…), or .limit(1).',
  }),
  page: () => ({ remediation: 'Page it: .orderBy(…).limit(n), and go on after the last key.' }),
  limitArray: () => ({
    remediation: 'Give the nested list a limit: with: { …: { limit: n, orderBy: … } }.',
  }),
  nestsRelations: true,
  vocabulary: {
    modules: new Set(['drizzle-orm']),
    imports: new Set(['and', 'or', 'eq', 'inArray', 'lte', 'sql', 'count', 'getTableColumns', 'getColumns']),
    lists: new Set(['select', 'selectDistinct', 'selectDistinctOn', 'findMany']),
    columnLists: new Set(['select(', 'selectDistinct(', 'returning(', 'columns:']),
  },
}
