// A finding's key is long and made of names from the application. An answer shows a short one instead, which is the same in each
// run as well. Both are accepted, and a beginning is enough when only one finding has it.
import { type FindingRow, type PanelApi, PanelError } from '../panel/panel-api.ts'
import { hashText } from '../text/hash-text.ts'
import { quote, unquote } from './quoted-text.ts'

const DIGITS = 8

export function shortKey(key: string): string {
  return hashText(key).slice(0, DIGITS)
}

/**
 * @param list the call that lists the findings
 * @throws PanelError when no finding has this key, or several begin with it.
 */
export async function findingWithKey(api: PanelApi, given: string, list: string): Promise<FindingRow> {
  const asked = unquote(given).trim()
  const rows = await api.findings()
  const exact = rows.find(({ finding: { key } }) => key === asked || shortKey(key) === asked)
  if (exact) return exact
  const begun = asked === '' ? [] : rows.filter(({ finding: { key } }) => beginsWith(key, asked))
  const [only] = begun
  if (only && begun.length === 1) return only
  if (begun.length === 0)
    throw new PanelError(`No finding has the key ${quote(asked, 80)}. To see the keys: ${list}`)
  const keys = begun.slice(0, 5).map(({ finding: { key } }) => shortKey(key))
  throw new PanelError(
    `${begun.length} findings have a key that begins with ${quote(asked, 80)}: ${keys.join(', ')}. Give more of it.`,
  )
}

function beginsWith(key: string, asked: string): boolean {
  return key.startsWith(asked) || hashText(key).startsWith(asked)
}
