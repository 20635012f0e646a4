// The advisor of each library. A new library is one file beside this one, and one line in this table.
import type { Vocabulary } from '../source/vocabulary.ts'
import type { Advisor } from './advisor.ts'
import { drizzleAdvisor } from './drizzle.ts'
import { pgAdvisor } from './pg.ts'
import { sqlAdvisor } from './sql.ts'

/** By the `via` that the library's adapter gives its queries. */
const ADVISORS: ReadonlyMap<string, Advisor> = new Map([
  ['drizzle', drizzleAdvisor],
  ['postgres.js', sqlAdvisor],
])

/** Queries of libraries that are not in the table, and those that the application sends itself, reach the driver as SQL. */
export function advisorOf(via: string | undefined): Advisor {
  return ADVISORS.get(via ?? '') ?? pgAdvisor
}

/** The names of all libraries: one file of the application may use several of them. */
export const vocabulary: Vocabulary = joined([...ADVISORS.values(), pgAdvisor].map((one) => one.vocabulary))

function joined(all: readonly Vocabulary[]): Vocabulary {
  return {
    modules: new Set(all.flatMap(({ modules }) => [...modules])),
    imports: new Set(all.flatMap(({ imports }) => [...imports])),
    lists: new Set(all.flatMap(({ lists }) => [...lists])),
    columnLists: new Set(all.flatMap(({ columnLists }) => [...columnLists])),
  }
}
