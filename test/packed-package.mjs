// For test packages that use pg-loupe as it would be published: installs their locked dependencies and the packed package,
// and runs their suite. A package that cannot be installed is a failure.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Each folder is a package with a lock, and becomes one in which pg-loupe is installed too. */
export function installPacked(folders) {
  for (const folder of folders) installLocked(folder)
  const packed = mkdtempSync(join(tmpdir(), 'pg-loupe-pack-'))
  try {
    const tarball = pack(packed)
    for (const folder of folders) unpack(tarball, join(folder, 'node_modules/pg-loupe'))
  } finally {
    rmSync(packed, { recursive: true, force: true })
  }
}

/** Exactly the packages in the lock file of the folder. */
export function installLocked(folder) {
  if (!isInstalled(folder)) run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder)
}

/** Gives the path of the tarball. */
export function pack(folder) {
  run(npm, ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return join(folder, `pg-loupe-${version}.tgz`)
}

/** The suite in `folder`, by its vitest.config.ts. */
export function runSuite(folder) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const config = join(folder, 'vitest.config.ts')
  run(process.execPath, [vitest, 'run', '--config', config, ...process.argv.slice(2)], root)
}

/** As a real folder: runners treat links in other ways than what npm installs. */
function unpack(tarball, target) {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], root)
}

function isInstalled(folder) {
  const installed = join(folder, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const versions = (file) =>
    Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages)
      .filter(([path, { optional }]) => path !== '' && !optional)
      .map(([path, { version }]) => `${path} ${version}`)
  const found = new Set(versions(installed))
  return versions(join(folder, 'package-lock.json')).every((wanted) => found.has(wanted))
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
