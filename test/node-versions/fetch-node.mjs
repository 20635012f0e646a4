// Other versions of Node.js, out of npm: packages that hold nothing but the binary. Their install scripts are not run.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PLATFORM = process.platform === 'win32' ? 'win' : process.platform
const root = fileURLToPath(new URL('../..', import.meta.url))
const name = `node-${PLATFORM}-${process.arch}`

/**
 * The path of that version's binary, checked by asking it.
 *
 * @throws Error where it cannot be had.
 */
export function fetchNode(version) {
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
  throw new Error(`Node ${version} cannot be had as ${name}@${version}: ${error?.message ?? stdout}`)
}
