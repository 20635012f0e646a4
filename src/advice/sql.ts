// The answers in SQL, for statements that the application writes itself and for everything that a library has no words for.
import type { Advisor } from './advisor.ts'
import { countRowsInSql, firstRowInSql } from './sql/fewer-rows.ts'
import { readInSql, writeInSql } from './sql/loop-words.ts'
import { pageInSql } from './sql/page.ts'
import { selectColumnsInSql } from './sql/select-columns.ts'

export const sqlAdvisor: Advisor = {
  codeForRead: () => undefined,
  codeForWrite: () => undefined,
  readOnce: readInSql,
  writeOnce: writeInSql,
  selectColumns: selectColumnsInSql,
  firstRow: firstRowInSql,
  countRows: countRowsInSql,
  page: pageInSql,
  limitArray: () => ({ remediation: 'Put ORDER BY and LIMIT into the subquery that is collected.' }),
  pageByKey: () => ({
    remediation:
      'Page by key: WHERE (sort columns) > (those of the last row) ORDER BY the same columns LIMIT n.',
  }),
  askOnce: () => ({
    remediation: 'Ask once and pass the result on, or keep it for the length of the request.',
  }),
  nestsRelations: false,
  vocabulary: { modules: new Set(), imports: new Set(), lists: new Set(), columnLists: new Set() },
}
