// Installs the official inspector of the Model Context Protocol, and runs the tests that ask `pg-loupe mcp` by its command line, on the
// Node.js that it takes.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fetchNode } from '../node-versions/fetch-node.mjs'

const here = import.meta.dirname
const root = join(here, '../..')

if (!existsSync(join(here, 'node_modules/.package-lock.json'))) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here)
}
const vitest = [
  join(root, 'node_modules/vitest/vitest.mjs'),
  'run',
  '--config',
  join(here, 'vitest.config.ts'),
]
run(process.execPath, vitest, root, { ...process.env, PG_LOUPE_TEST_INSPECTOR_NODE: fetchNode(22) })

function run(command, args, cwd, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
