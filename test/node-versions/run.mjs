// Runs the suites whose outcome depends on how Node.js carries context and reads sockets, on each version that is
// supported. One that cannot be had is a failure: a version that was skipped was not tested.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fetchNode } from './fetch-node.mjs'

const VERSIONS = [20, 22, 24, 26]
const SUITES = [
  'test/contract',
  'test/adapters/pg-',
  'test/adapters/express',
  'test/adapters/drizzle',
  'test/call-sites',
  'test/register',
  'test/real-time',
  'test/trace/row-',
  'test/testing/requests',
]

const root = fileURLToPath(new URL('../..', import.meta.url))
const failed = VERSIONS.filter((version) => !passes(version))

if (failed.length > 0) {
  process.stderr.write(`Failed on Node ${failed.join(', ')}\n`)
  process.exit(1)
}
process.stdout.write(`Passed on Node ${VERSIONS.join(', ')}\n`)

function passes(version) {
  try {
    const node = fetchNode(version)
    process.stdout.write(`\nNode ${version}\n`)
    const words = ['node_modules/vitest/vitest.mjs', 'run', ...SUITES]
    return spawnSync(node, words, { cwd: root, stdio: 'inherit' }).status === 0
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return false
  }
}
