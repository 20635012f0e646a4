// `npm run bench`: measures what profiling costs, in comparison with the bare driver and with other tools, or with the build
// of another commit, in one run. It compares the CPU time of one request in the same round. Only the ratios are meaningful.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fetchNode } from '../test/node-versions/fetch-node.mjs'
import { createDatabase } from '../test/postgres/create-database.ts'
import { startPostgres } from '../test/postgres/start-postgres.ts'
import { buildCommit } from './cost/build-commit.ts'
import { fillItems } from './cost/fill-items.ts'
import { type Measured, measureGeneration, SCENARIOS, type Variant } from './cost/measure.ts'
import { comparisonTable, costTable, type Result } from './cost/tables.ts'
import { variants } from './cost/variants.mjs'

const HELP = `Usage: npm run bench [-- options]

  --quick               one generation of processes and few rounds: minutes instead of an hour
  --against COMMIT      compares this build with that commit's in the same rounds, and says whether it costs more
  --node 20,24          versions of Node.js, taken from npm (default: both)
  --scenario a,b        only these (default: all): \`--list\` names them
  --variant a,b         only these (default: all, and with --against the three of pg-loupe)
  --with NAME=path      another package beside them: a module that exports setUp() as bench/cost/variants.mjs describes
  --rounds n, --generations n
  --list                names the scenarios and variants
`

/** The variants that --against compares by default. */
const OWN_VARIANTS = 'pg-loupe,pg-loupe in full,pg-loupe in production'
/** With ten generations the confidence interval is about as wide as the noise of one generation. */
const GENERATIONS_AGAINST = { quick: 4, long: 10 }

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    help: { type: 'boolean' },
    list: { type: 'boolean' },
    against: { type: 'string' },
    node: { type: 'string', default: '20,24' },
    scenario: { type: 'string' },
    variant: { type: 'string' },
    with: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
    generations: { type: 'string' },
  },
})

if (values.help) console.log(HELP)
else if (values.list) console.log([...Object.keys(SCENARIOS), ...Object.keys(variants)].join('\n'))
else await main()

async function main(): Promise<void> {
  const { against } = values
  const rounds = Number(values.rounds ?? (values.quick || against ? 8 : 12))
  const long = against ? GENERATIONS_AGAINST.long : 4
  const quick = against ? GENERATIONS_AGAINST.quick : 1
  const generations = Number(values.generations ?? (values.quick ? quick : long))
  const chosen = against ? againstVariants(against) : costVariants()
  const scenarios = pick(Object.keys(SCENARIOS), values.scenario, '--scenario')
  if (chosen.some(({ name }) => name === 'OpenTelemetry')) installOpenTelemetry()
  const postgres = await startPostgres()
  try {
    const database = await createDatabase(postgres, 'bench')
    await fillItems(database.url)
    console.log(`${cpus()[0]?.model}, ${cpus().length} cores, ${process.platform}; ${postgres.describe}`)
    console.log(`${generations} generations of processes, ${rounds} rounds each`)
    for (const version of (values.node ?? '').split(',')) {
      const node = fetchNode(Number(version))
      for (const scenario of scenarios) {
        const measured: Measured[][][] = chosen.map(() => [])
        for (let generation = 0; generation < generations; generation++) {
          const ones = await measureGeneration(node, database.url, chosen, scenario, rounds)
          ones.forEach((one, at) => {
            measured[at]?.push(one)
          })
        }
        const results = chosen.map((variant, at) => ({ variant, generations: measured[at] ?? [] }))
        console.log(
          against
            ? comparisonTable(version, scenario, inPairs(results))
            : costTable(version, scenario, results),
        )
      }
      if (!against && values.scenario === undefined) printPieces(version, node)
    }
    await database.drop()
  } finally {
    await postgres.stop()
  }
}

function costVariants(): Variant[] {
  const given = (values.with ?? []).map((text) => {
    const [label = '', path] = text.split('=')
    if (!path) throw new Error(`--with takes NAME=path, but got ${text}`)
    return { label, name: label, path: resolve(path), env: {} }
  })
  const names = pick(Object.keys(variants), values.variant, '--variant')
  const own = Object.keys(variants).filter((name) => name === 'bare' || names.includes(name))
  return [...own.map((name) => ownVariant(name)), ...given]
}

/** Each variant of this build is followed by the same variant of the other commit. */
function againstVariants(commit: string): Variant[] {
  const names = pick(Object.keys(variants), values.variant ?? OWN_VARIANTS, '--variant')
  const { hash, variants: path } = buildCommit(commit)
  return names.flatMap((name) => [
    ownVariant(name),
    { ...ownVariant(name), label: `${name} at ${hash}`, path },
  ])
}

function ownVariant(name: string): Variant {
  const { env = {} } = (variants as Record<string, { env?: NodeJS.ProcessEnv }>)[name] ?? {}
  return { label: name, name, path: '', env }
}

function inPairs(results: readonly Result[]): [Result, Result][] {
  return results.flatMap((result, at): [Result, Result][] => {
    const next = results[at + 1]
    return at % 2 === 0 && next ? [[result, next]] : []
  })
}

function pick(all: string[], wanted: string | undefined, option: string): string[] {
  if (wanted === undefined) return all
  return wanted.split(',').map((name) => {
    if (!all.includes(name)) throw new Error(`${option} takes ${all.join(', ')}, but got ${name}`)
    return name
  })
}

/** OpenTelemetry is installed into a separate package, so that a clone does not depend on it. */
function installOpenTelemetry(): void {
  const folder = join(import.meta.dirname, 'cost/opentelemetry')
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return
  const isWindows = process.platform === 'win32'
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    shell: isWindows,
  })
  if (status !== 0) throw new Error('OpenTelemetry could not be installed; leave it out with --variant')
}

/** In this mode no variant has anything to compare with. */
function printPieces(version: string, node: string): void {
  const { stdout, stderr } = spawnSync(node, ['--expose-gc', join(import.meta.dirname, 'cost/pieces.mjs')], {
    encoding: 'utf8',
  })
  if (!stdout) throw new Error(stderr)
  const { openTraceBytes, countedTraceBytes, endOfTraceUs, secondsPerMillion } = JSON.parse(stdout)
  console.log(`\nNode ${version}, pieces
- An open trace of 10 queries with 4 rows each: ${kilobytes(openTraceBytes)}, one that is only counted ${kilobytes(countedTraceBytes)}
- The end of such a trace, in full: ${endOfTraceUs} µs (median)
- Analysing a trace file: ${secondsPerMillion} s for a million queries`)
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
