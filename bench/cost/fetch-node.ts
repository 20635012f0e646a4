// A version of Node.js out of npm, as a package that holds nothing but the binary; its install scripts are not run.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/**
 * The path of that version's binary, checked by asking it.
 *
 * @throws Error when it cannot be had.
 */
export function fetchNode(version: number): string {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath
  const given = process.env[`BENCH_NODE_${version}`]
  if (given) return given
  const isWindows = process.platform === 'win32'
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`
  const folder = join(root, 'node_modules/.cache/node-versions', String(version))
  const node = join(folder, `node_modules/${name}/bin/node${isWindows ? '.exe' : ''}`)
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
    spawnSync('npm', npm, { stdio: 'inherit', shell: isWindows })
  }
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  if (stdout?.startsWith(`v${version}.`)) return node
  throw new Error(`Node ${version} cannot be had as ${name}@${version}: ${error?.message ?? stdout}`)
}
