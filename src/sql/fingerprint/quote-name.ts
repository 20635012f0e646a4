// Writes a name into a statement, with quotes where PostgreSQL would otherwise read another name or a keyword.
import { SPECIAL_WORDS } from './keywords.ts'

export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !SPECIAL_WORDS.has(name)
    ? name
    : `"${name.replaceAll('"', '""')}"`
}
