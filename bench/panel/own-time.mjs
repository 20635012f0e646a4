// The processor time of a request while its process sends to a panel, in comparison with the console, in the same rounds.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fillItems } from '../cost/fill-items.ts'
import { measureGeneration, SCENARIOS } from '../cost/measure.ts'
import { quantile } from '../cost/quantiles.ts'
import { comparisonTable } from '../cost/tables.ts'

const MEASURED = ['one', 'ten-different', 'loop-50', 'drizzle']
const ROUNDS = 8

export async function measureOwnTime({ database, generations }) {
  await fillItems(database.url)
  const panel = await startPanel()
  const withPanel = { PG_LOUPE_PANEL: panel.address }
  const variants = [
    { label: 'panel, no console', name: 'pg-loupe without a console', path: '', env: withPanel },
    { label: 'panel and console', name: 'pg-loupe', path: '', env: withPanel },
    { label: 'console', name: 'pg-loupe', path: '', env: {} },
  ]
  const tables = []
  try {
    for (const scenario of MEASURED) {
      const measured = variants.map(() => [])
      for (let generation = 0; generation < generations; generation++) {
        const ones = await measureGeneration(process.execPath, database.url, variants, scenario, ROUNDS)
        ones.forEach((one, at) => {
          measured[at].push(one)
        })
      }
      const [alone, both, console] = variants.map((variant, at) => ({ variant, generations: measured[at] }))
      tables.push(
        comparisonTable(process.versions.node, scenario, [
          [alone, console],
          [both, console],
        ]),
        latencies(SCENARIOS[scenario].title, [alone, both, console]),
      )
    }
  } finally {
    await panel.stop()
  }
  return tables.join('\n')
}

function latencies(title, results) {
  const medians = results.map(({ variant, generations }) => {
    const all = generations.flat().flatMap(({ latenciesMs }) => latenciesMs)
    return `${variant.label} ${quantile(all, 0.5).toFixed(2)} ms`
  })
  return `\nMedian latency, ${title}: ${medians.join(', ')}`
}

/** The panel alone, as a process of its own. */
async function startPanel() {
  const command = join(import.meta.dirname, '../../dist/src/cli/main.js')
  const panel = spawn(process.execPath, [command, 'dev', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const address = await Promise.race([
    addressIn(panel.stdout),
    addressIn(panel.stderr),
    once(panel, 'exit').then(() => {
      throw new Error('pg-loupe dev did not start')
    }),
  ])
  return {
    address,
    async stop() {
      panel.kill('SIGINT')
      await once(panel, 'exit')
    },
  }
}

function addressIn(stream) {
  return new Promise((resolve) => {
    createInterface(stream).on('line', (line) => {
      const [address] = line.match(/http:\S+\?token=[\w-]+/) ?? []
      if (address) resolve(address)
    })
  })
}
