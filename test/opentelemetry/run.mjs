// Installs OpenTelemetry's instrumentation by its lock file and runs the check with it. A package that cannot be installed is
// a failure.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const root = join(here, '../..')

if (!existsSync(join(here, 'node_modules/.package-lock.json'))) {
  run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    here,
  )
}
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
run(process.execPath, [vitest, 'run', '--config', join(here, 'vitest.config.ts')], root)

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
