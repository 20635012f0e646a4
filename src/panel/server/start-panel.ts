// Starts the live panel: its store, its HTTP server and the file by which processes and commands of the same user find it.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { epochMs, isoTime } from '../../host/real-time.ts'
import { badgeOrigins } from '../badge/badge-origins.ts'
import { pageAnswers, placeToOpen } from '../page-answers.ts'
import { panelPage } from '../page-html.ts'
import { DEFAULT_PORT, panelAddress } from '../panel-address.ts'
import type { PanelApi } from '../panel-api.ts'
import { announcePanel } from '../panel-file.ts'
import { Access, makeToken } from './access.ts'
import { answerJson, answerRequest } from './answer-request.ts'
import { answerUpgrade } from './answer-upgrade.ts'
import { ConnectedProcesses } from './connected-processes.ts'
import { EventStream } from './event-stream.ts'
import { openLine, type PathMapping } from './open-line.ts'
import { type PanelLimits, PanelStore } from './panel-store.ts'
import { serveProcess } from './process-connection.ts'
import { storeApi } from './store-api.ts'

export interface PanelOptions {
  /** Fails when it is taken; 0 takes any free one. Default: 4983, or the next free one. */
  port?: number | undefined
  /** The address to listen on. Anything but loopback requires `allowedHosts`. Default: 127.0.0.1. */
  host?: string | undefined
  /** Host names by which the panel may be addressed besides loopback: `name` with any port, or `name:port`. */
  allowedHosts?: readonly string[] | undefined
  /** The working directory whose processes and commands prefer this panel. Default: that of this process. */
  folder?: string | undefined
  /** Origins whose pages may show the badge. */
  badgeOrigins?: readonly string[] | undefined
  /** The command of the editor. Default: the one that runs, or `EDITOR`. */
  editor?: string | undefined
  /** Folders of containers on this machine. */
  pathMappings?: readonly PathMapping[] | undefined
  limits?: Partial<PanelLimits> | undefined
  /** Starts even under NODE_ENV=production. */
  inProduction?: boolean | undefined
  /** Receives a sentence about something that does not work, while the panel does. */
  warn?: ((sentence: string) => void) | undefined
}

export interface RunningPanel {
  /** With the token. */
  address: string
  /** Without the token. */
  url: string
  api: PanelApi
  close(): Promise<void>
}

/** Ports after the default one that are tried. More panels than this at once are a mistake. */
const TRIED_PORTS = 20
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/
/** Headers and body of a request are short, and come from the same machine. */
const SLOWEST_REQUEST_MS = 10_000

/** @throws Error with a sentence that says which option is wrong, or why the server could not start. */
export async function startPanel(options: PanelOptions = {}): Promise<RunningPanel> {
  const { host = '127.0.0.1', allowedHosts = [], folder = process.cwd(), warn = () => {} } = options
  refuseProduction(options)
  if (!LOOPBACK.test(host) && allowedHosts.length === 0)
    throw new Error(
      `--host ${host} lets other machines reach the panel, so it requires the host names by which it may be addressed: --allowed-host <name>`,
    )
  const origins = badgeOrigins(options.badgeOrigins ?? [])
  const startedAtMs = epochMs()
  const token = makeToken()
  const store = new PanelStore(options.limits)
  const connected = new ConnectedProcesses()
  const api = storeApi(store, connected, startedAtMs)

  const server = createServer({ headersTimeout: SLOWEST_REQUEST_MS, requestTimeout: SLOWEST_REQUEST_MS })
  const port = await listen(server, host, options.port)
  const access = new Access({ token, port, allowedHosts })
  const events = new EventStream(store, api.status)
  const sources = {
    access,
    page: panelPage(),
    events,
    badge: {
      origins,
      count: (id: string) => {
        const row = store.requests.get(id)
        return row && { queries: row.queries, findings: row.findings.length }
      },
    },
    methods: {
      ...api,
      ...pageAnswers(api),
      open: async (target: Parameters<typeof placeToOpen>[1]) => {
        const place = await placeToOpen(api, target)
        openLine(place.frame, place.folder, { editor: options.editor, mappings: options.pathMappings })
      },
    },
  }
  server.on('request', (request, response) => {
    response.on('error', () => response.destroy())
    answerRequest(request, response, sources).catch(() => {
      if (response.headersSent) response.destroy()
      else answerJson(response, 500, { error: 'The panel could not answer this question.' })
    })
  })
  // The server forgets a connection when it is upgraded.
  const sockets = new Set<Duplex>()
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    if (answerUpgrade(request, socket, access)) serveProcess(socket, head, { store, connected })
  })

  const { address, url } = panelAddress(LOOPBACK.test(host) ? host : '127.0.0.1', port, token)
  const withdraw = announce({ address, folder, pid: process.pid, startedAt: isoTime(startedAtMs) }, warn)
  process.once('exit', withdraw)
  return {
    address,
    url,
    api,
    async close() {
      process.off('exit', withdraw)
      withdraw()
      events.close()
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function refuseProduction({ inProduction = false }: PanelOptions): void {
  if (inProduction || process.env.NODE_ENV !== 'production') return
  throw new Error(
    'the panel is off under NODE_ENV=production, because it shows statements to everyone who has its address; --in-production starts it anyway',
  )
}

async function listen(server: Server, host: string, port: number | undefined): Promise<number> {
  const first = port ?? DEFAULT_PORT
  for (let tried = first; ; tried++) {
    const error = await tryToListen(server, host, tried)
    if (!error) return (server.address() as AddressInfo).port
    if (error.code !== 'EADDRINUSE')
      throw new Error(`the panel cannot listen on ${host}:${tried}: ${error.message}`)
    if (port !== undefined) throw new Error(`port ${port} is taken; choose another one by --port`)
    if (tried - first >= TRIED_PORTS)
      throw new Error(`the ports from ${first} to ${tried} are taken; choose another one by --port`)
  }
}

function tryToListen(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => resolve(error)
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      resolve(undefined)
    })
  })
}

/** Without the file the printed address still works. */
function announce(panel: Parameters<typeof announcePanel>[0], warn: (sentence: string) => void): () => void {
  try {
    return announcePanel(panel)
  } catch (error) {
    warn(
      `the panel is not found by itself, only by its printed address, because its file cannot be written: ${(error as Error).message}`,
    )
    return () => {}
  }
}
