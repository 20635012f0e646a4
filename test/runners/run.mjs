// Installs the runners as their locks say, packs pg-loupe as it would be published, and runs every project with it.
// Whatever cannot be had is a failure.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const root = join(here, '../..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
/** vitest 5 has a package of its own, because one package cannot have both; it brings its own copy of pg-loupe. */
const packages = [here, join(here, 'vitest-5')]

for (const folder of packages) {
  if (!isInstalled(folder)) run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder)
}
install()
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
run(
  process.execPath,
  [vitest, 'run', '--config', join(here, 'vitest.config.ts'), ...process.argv.slice(2)],
  root,
)

/** The tarball as a real folder: runners treat links in other ways than what npm installs. */
function install() {
  const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-pack-'))
  try {
    run(npm, ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root)
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const at of packages) {
      const target = join(at, 'node_modules/pg-loupe')
      rmSync(target, { recursive: true, force: true })
      mkdirSync(target, { recursive: true })
      const tarball = join(folder, `pg-loupe-${version}.tgz`)
      run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], root)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
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
