// A name as a statement writes it: quoted where PostgreSQL would read it as another one, or as a keyword.
import { SPECIAL_WORDS } from './keywords.ts'

export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !SPECIAL_WORDS.has(name)
    ? name
    : `"${name.replaceAll('"', '""')}"`
}
