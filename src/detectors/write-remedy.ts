// What to write instead of a write that is repeated row by row. It shows the statement where its form is certain, and
// names the way where types or conditions would have to be guessed.
import type { Finding } from '../types.ts'
import type { Slot } from './slots.ts'

type Remedy = Pick<Finding, 'remediation' | 'fix'>

export function writeRemedy(
  kind: string,
  text: string,
  slots: readonly Slot[],
  via: string | undefined,
): Remedy {
  const drizzle = via === 'drizzle'
  if (kind === 'insert') {
    const values = /^(insert into .* values )(\((?:[^()]|\([^()]*\))*\))(.*)$/is.exec(text)
    return {
      remediation: drizzle
        ? 'Collect the rows first and insert them at once: db.insert(…).values([{ … }, { … }]).'
        : 'Collect the rows first and insert them with one statement.',
      ...(values ? { fix: `${values[1]}${values[2]}, ${values[2]}, …${values[3]}` } : {}),
    }
  }
  const varying = slots.filter(({ distinct }) => distinct > 1)
  const [slot] = varying
  if (slot && varying.length === 1 && slot.role === 'equals' && slot.start > text.search(/\bwhere\b/i)) {
    const column = slot.column ?? 'the key'
    return {
      remediation: drizzle
        ? `Collect the values first and write once, with where(inArray(${column.replaceAll('"', '')}, …)).`
        : `Collect the values first and write once, with ${column} = ANY($1).`,
      fix: `${text.slice(0, slot.start)}ANY($1)${text.slice(slot.start + 1)}`,
    }
  }
  if (kind === 'update') {
    return {
      remediation: 'Write all rows with one UPDATE … FROM (VALUES …) or FROM unnest(…), joined by the key.',
    }
  }
  return { remediation: 'Collect the values first and write all rows with one statement.' }
}
