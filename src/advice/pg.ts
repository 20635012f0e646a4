// The answers for queries that the application sends through pg itself: words of SQL, and calls of `query` to paste.
import type { Advisor } from './advisor.ts'
import { readFromPool, writeToPool } from './pg/pool-code.ts'
import { sqlAdvisor } from './sql.ts'

export const pgAdvisor: Advisor = {
  ...sqlAdvisor,
  codeForRead: readFromPool,
  codeForWrite: writeToPool,
}
