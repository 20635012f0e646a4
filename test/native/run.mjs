// Compiles pg-native against libpq and runs the check with it. Without libpq or a compiler it prints a message and passes,
// because pg.native cannot be used on that machine either.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const root = join(here, '../..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const BINARY = join(here, 'node_modules/libpq/build/Release/addon.node')

if (!canCompile()) {
  process.stdout.write(
    'pg.native was not tested: it needs libpq (pg_config), a C++ compiler and make to be built.\n',
  )
  process.exit(0)
}
if (!existsSync(join(here, 'node_modules/.package-lock.json'))) {
  run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here)
}
if (!existsSync(BINARY)) run(npm, ['rebuild', 'libpq'], here)
run(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', join(here, 'vitest.config.ts')],
  root,
)

function canCompile() {
  return [
    ['pg_config', '--includedir'],
    ['make', '--version'],
    ['c++', '--version'],
    ['python3', '--version'],
  ].every(([command, argument]) => spawnSync(command, [argument]).status === 0)
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
