// Drizzle sends its queries when the application's frames are gone from the stack; without profileDrizzle they have no line.
import type { Notice } from './notice.ts'
import type { SetupFacts } from './setup-facts.ts'

export function explainOrms({ orms, isRegistered }: SetupFacts): Notice[] {
  // Drizzle is detected by its first query.
  if (isRegistered) return []
  return orms
    .filter(({ name, queriesWithoutLine }) => name === 'drizzle-orm' && queriesWithoutLine > 0)
    .map(({ version }) => ({
      id: 'drizzle-not-profiled',
      key: 'drizzle-not-profiled',
      level: 'fault',
      seen: `Drizzle${version ? ` ${version}` : ''} sent queries of which no line is known, because its database object is not profiled.`,
      lost: 'Findings about them name no line of your code.',
      nextStep: "const db = profileDrizzle(drizzle(pool)), with profileDrizzle from 'pg-loupe/drizzle'.",
    }))
}
