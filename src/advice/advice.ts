// What to do instead of a loop, in the words of the library that built its statement. A library says what it has words for;
// the rest is said in SQL's.
import { readInDrizzle, writeInDrizzle } from './drizzle.ts'
import { type RepeatedRead, rewriteRead } from './read-rewrite.ts'
import { type Remedy, readInSql, writeInSql } from './sql.ts'
import { type RepeatedWrite, rewriteWrite } from './write-rewrite.ts'

export function adviseRead(read: RepeatedRead, via: string | undefined): Remedy {
  const rewrite = rewriteRead(read)
  return { ...readInSql(rewrite), ...(via === 'drizzle' ? readInDrizzle(rewrite) : {}) }
}

export function adviseWrite(write: RepeatedWrite, via: string | undefined): Remedy {
  const rewrite = rewriteWrite(write)
  return { ...writeInSql(rewrite), ...(via === 'drizzle' ? writeInDrizzle(rewrite) : {}) }
}
