// The interface of a panel that runs in another process: each method is one request with JSON and the panel's token.
import { parsePanelAddress } from '../panel/panel-address.ts'
import { type PanelApi, PanelError } from '../panel/panel-api.ts'

/** A panel answers from its memory. */
const ANSWER_MS = 10_000
/** How much longer than the application itself may take. */
const GRACE_MS = 5_000

/** @throws TypeError when it is no address of a panel. */
export function panelClient(address: string): PanelApi {
  const { url, token } = parsePanelAddress(address)
  const ask = async <Answer>(
    method: keyof PanelApi,
    args: readonly unknown[],
    timeoutMs = ANSWER_MS,
  ): Promise<Answer> => {
    const response = await post(`${url}api/${method}`, token, args, timeoutMs).catch((error: Error) => {
      throw new PanelError(
        `The panel at ${url} does not answer (${reasonOf(error)}). Start it: npx pg-loupe dev`,
      )
    })
    if (response.status === 401 || response.status === 403)
      throw new PanelError(
        `The panel at ${url} does not accept this token. It has a new one after each start: use the address that it printed last.`,
      )
    const body: unknown = await response.json().catch(() => undefined)
    if (response.ok) return (body === null ? undefined : body) as Answer
    const { error } = Object(body) as { error?: unknown }
    throw new PanelError(
      typeof error === 'string' ? error : `The panel at ${url} answered with status ${response.status}.`,
    )
  }
  return {
    status: () => ask('status', []),
    findings: () => ask('findings', []),
    finding: (key) => ask('finding', [key]),
    requests: (filter = {}) => ask('requests', [filter]),
    request: (id) => ask('request', [id]),
    routes: () => ask('routes', []),
    awaitRequest: (filter) => ask('awaitRequest', [filter], filter.timeoutMs + GRACE_MS),
    verify: (key, timeoutMs, since) =>
      ask('verify', since === undefined ? [key, timeoutMs] : [key, timeoutMs, since], timeoutMs + GRACE_MS),
    compare: (before, after) => ask('compare', [before, after]),
    explain: (id, query) => ask('explain', [id, query]),
    pin: (id, isPinned) => ask('pin', [id, isPinned]),
  }
}

function post(url: string, token: string, args: readonly unknown[], timeoutMs: number): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
    // The token goes to no other address.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
}

/** The reason of a failed connection is in its cause: `ECONNREFUSED`. */
function reasonOf({ name, message, cause }: Error): string {
  if (name === 'TimeoutError') return 'it took too long'
  return (cause as { code?: string } | undefined)?.code ?? message
}
