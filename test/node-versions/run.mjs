// Runs the suites whose outcome depends on how Node.js carries context and reads sockets, on each version that is
// supported. The versions come out of npm, as packages that hold nothing but the binary; their install scripts are not
// run. One that cannot be had is a failure: a version that was skipped was not tested.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const VERSIONS = [20, 22, 24, 26]
const SUITES = [
  'test/contract',
  'test/adapters/pg-',
  'test/adapters/express',
  'test/adapters/drizzle',
  'test/call-sites',
  'test/register',
  'test/trace/row-',
  'test/testing/requests',
]
const PLATFORM = process.platform === 'win32' ? 'win' : process.platform

const root = fileURLToPath(new URL('../..', import.meta.url))
const name = `node-${PLATFORM}-${process.arch}`
const failed = VERSIONS.filter((version) => !passes(version))

if (failed.length > 0) {
  process.stderr.write(`Failed on Node ${failed.join(', ')}\n`)
  process.exit(1)
}
process.stdout.write(`Passed on Node ${VERSIONS.join(', ')}\n`)

function passes(version) {
  const node = fetchNode(version)
  if (!node) return false
  process.stdout.write(`\nNode ${version}\n`)
  const arguments_ = ['node_modules/vitest/vitest.mjs', 'run', ...SUITES]
  return spawnSync(node, arguments_, { cwd: root, stdio: 'inherit' }).status === 0
}

/** The path of that version's binary, checked by asking it; `undefined` where it cannot be had. */
function fetchNode(version) {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath
  const folder = `${root}node_modules/.cache/node-versions/${version}`
  const node = `${folder}/node_modules/${name}/bin/node${PLATFORM === 'win' ? '.exe' : ''}`
  if (!existsSync(node)) {
    const npm = [
      'i',
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `${name}@${version}`,
    ]
    spawnSync('npm', npm, { stdio: 'inherit', shell: PLATFORM === 'win' })
  }
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  if (stdout?.startsWith(`v${version}.`)) return node
  process.stderr.write(`Node ${version} cannot be had as ${name}@${version}: ${error?.message ?? stdout}\n`)
  return undefined
}
