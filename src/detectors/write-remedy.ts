// What to write instead of a write that is repeated row by row. It shows the statement where its form is certain, and
// names the way where types or conditions would have to be guessed.
import type { Finding } from '../types.ts'
import { withArray } from './number-values.ts'
import type { Slot } from './slots.ts'

type Remedy = Pick<Finding, 'remediation' | 'fix'>

export function writeRemedy(
  kind: string,
  text: string,
  slots: readonly Slot[],
  via: string | undefined,
): Remedy {
  if (kind === 'insert') return insertRows(text, via)
  const varying = slots.filter(({ distinct }) => distinct > 1)
  const [key] = varying
  const where = text.search(/\bwhere\b/i)
  // What is set to a value that happened to be the same each time may be another one next time.
  const setsValues = slots.some(({ start }) => start < where)
  if (key && varying.length === 1 && key.role === 'equals' && !setsValues) return writeByKeys(text, key, via)
  if (kind === 'update') {
    return {
      remediation: 'Write all rows with one UPDATE … FROM (VALUES …) or FROM unnest(…), joined by the key.',
    }
  }
  return { remediation: 'Collect the values first and write all rows with one statement.' }
}

function insertRows(text: string, via: string | undefined): Remedy {
  const remediation =
    via === 'drizzle'
      ? 'Collect the rows first and insert them at once: db.insert(…).values([{ … }, { … }]).'
      : 'Collect the rows first and insert them with one statement.'
  const parts = /^(insert into .* values )(\((?:[^()]|\([^()]*\))*\))(.*)$/is.exec(text)
  if (!parts || parts[3]?.includes('?')) return { remediation }
  const [, head = '', row = '', tail = ''] = parts
  let next = 1
  const numbered = `${row}, ${row}`.replace(/\?/g, () => `$${next++}`)
  return { remediation, fix: `${head}${numbered}${tail} -- and so on, a bracket for each row` }
}

function writeByKeys(text: string, key: Slot, via: string | undefined): Remedy {
  const column = key.column ?? 'the key'
  const how = via === 'drizzle' ? `where(inArray(${column.replaceAll('"', '')}, …))` : `${column} = any(…)`
  const fix = withArray(text, key)
  return { remediation: `Collect the keys first and write once, with ${how}.`, ...(fix ? { fix } : {}) }
}
