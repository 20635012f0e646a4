// A request by its id, or by a beginning of the id.
import { type PanelApi, PanelError, type RequestRow } from '../panel/panel-api.ts'
import { quote, unquote } from './quoted-text.ts'

/** Requests that are looked through for a beginning. The panel keeps about as many. */
const LOOKED_AT = 1000
/** Shorter ones of an id are likely to be a mistake. */
const SHORTEST = 4

/** @throws PanelError when no request has this id, or several begin with it. */
export async function requestId(api: PanelApi, given: string, list: string): Promise<string> {
  const asked = unquote(given).trim()
  const rows = await api.requests({ limit: LOOKED_AT })
  if (rows.some(({ id }) => id === asked)) return asked
  const begun = asked.length < SHORTEST ? [] : rows.filter(({ id }) => id.startsWith(asked))
  if (begun.length > 1)
    throw new PanelError(
      `${begun.length} requests have an id that begins with ${quote(asked, 80)}: ${firstIds(begun)}. Give more of it.`,
    )
  const [only] = begun
  if (only) return only.id
  try {
    // Older than those.
    await api.request(asked)
    return asked
  } catch {
    throw new PanelError(`No request has the id ${quote(asked, 80)} (any more). To see the requests: ${list}`)
  }
}

function firstIds(rows: readonly RequestRow[]): string {
  return rows
    .slice(0, 5)
    .map(({ id }) => id)
    .join(', ')
}
