// pg-loupe dev: runs a command with every Node.js process under it connected to a live panel, or serves the panel alone. Standard
// input and output belong to the command. The panel ends with the command, and the command never waits for the panel.
import { Command, InvalidArgumentError } from 'commander'
import { DEFAULT_PORT } from '../panel/panel-address.ts'
import type { RunningPanel } from '../panel/server/start-panel.ts'
import { describeError } from '../text/describe-error.ts'
import { DEV_EXIT_CODES } from './exit-codes.ts'
import { openBrowser } from './open-browser.ts'
import { panelEnvironment } from './profiled-environment.ts'
import { runProgram } from './run-program.ts'
import { tell } from './tell.ts'

interface DevOptions {
  port?: number
  host: string
  allowedHost: readonly string[]
  badgeOrigin: readonly string[]
  mapPath: readonly { inside: string; outside: string }[]
  editor?: string
  open?: boolean
  explain?: boolean
  inProduction?: boolean
}

export function devCommand(): Command {
  return new Command('dev')
    .description('run a command with a live panel of its queries in the browser, or serve the panel alone')
    .argument('[command...]', 'the command to run, after --')
    .passThroughOptions()
    .option(
      '--port <number>',
      `the port of the panel (default: ${DEFAULT_PORT}, or the next free one)`,
      parsePort,
    )
    .option('--open', 'open the panel in the browser')
    .option(
      '--explain',
      'let the panel ask for plans: the application runs EXPLAIN (GENERIC_PLAN) in a read-only transaction',
    )
    .option('--host <address>', 'the address to listen on, for containers; with --allowed-host', '127.0.0.1')
    .option('--allowed-host <name>', 'a host name by which the panel may be opened; repeatable', collect, [])
    .option(
      '--badge-origin <origin>',
      'show the badge in pages of this origin, such as http://localhost:3000; repeatable',
      collect,
      [],
    )
    .option(
      '--map-path <inside=outside>',
      'a folder of a container and the same folder here, to open lines in the editor; repeatable',
      collectMapping,
      [],
    )
    .option('--editor <command>', 'the editor that opens lines (default: the one that runs, or EDITOR)')
    .option('--in-production', 'start although NODE_ENV is production, and profile such processes too')
    .addHelpText(
      'after',
      `${DEV_EXIT_CODES}

Examples:
  $ pg-loupe dev -- npm run dev
  $ pg-loupe dev --open -- node --watch server.js
  $ pg-loupe dev`,
    )
    .action(dev)
}

async function dev(words: string[], options: DevOptions): Promise<void> {
  // Loaded here, so that other commands do not pay for it.
  const { startPanel } = await import('../panel/server/start-panel.ts')
  const {
    port,
    host,
    allowedHost,
    badgeOrigin,
    mapPath,
    editor,
    explain = false,
    inProduction = false,
  } = options
  const panel = await startPanel({
    port,
    host,
    allowedHosts: allowedHost,
    badgeOrigins: badgeOrigin,
    pathMappings: mapPath,
    editor,
    inProduction,
    warn: tell,
  })
  process.stderr.write(`pg-loupe: the panel is at ${panel.address}\n`)
  if (options.open) openBrowser(panel.address)
  const status =
    words.length > 0 ? await runWith(panel, words, { explain, inProduction }) : await serveAlone(panel)
  await panel.close()
  // A browser may still hold a connection.
  process.exit(status)
}

async function runWith(
  { address }: RunningPanel,
  words: readonly string[],
  { explain, inProduction }: { explain: boolean; inProduction: boolean },
): Promise<number> {
  // The command goes on without a panel.
  process.on('uncaughtException', (error) => tell(`an error in the panel: ${describeError(error)}`))
  const { status } = await runProgram(words, panelEnvironment({ address, explains: explain, inProduction }))
  return status
}

const END = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function serveAlone({ address }: RunningPanel): Promise<number> {
  const ended = new Promise<number>((resolve) => {
    for (const signal of END) process.once(signal, () => resolve(0))
  })
  process.stderr.write(
    [
      'Start the application with this variable, and with pg-loupe loaded or in its code:',
      `  PG_LOUPE_PANEL='${address}' NODE_OPTIONS='--require pg-loupe/register' node server.js`,
      '  createProfiler({ panel: true })  // finds this panel on the same machine',
      'Ctrl-C ends the panel.\n',
    ].join('\n'),
  )
  return ended
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

function collectMapping(value: string, before: DevOptions['mapPath']): DevOptions['mapPath'] {
  const at = value.indexOf('=')
  if (at <= 0 || at === value.length - 1)
    throw new InvalidArgumentError('It takes two folders: /app=/home/me/project.')
  return [...before, { inside: value.slice(0, at), outside: value.slice(at + 1) }]
}

function parsePort(value: string): number {
  const port = Number(value)
  if (!/^\d{1,5}$/.test(value) || port > 65_535)
    throw new InvalidArgumentError('It takes a port from 1 to 65535, or 0 for any free one.')
  return port
}
