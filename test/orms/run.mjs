// Installs the ORMs as their lock says, generates Prisma's client, and runs the matrix. `--update` writes its table
// into README.md. Whatever cannot be had is a failure.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const root = join(here, '../..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

if (!isInstalled()) run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here)
// It would download an engine that its pg adapter does not use.
run(
  process.execPath,
  [join(here, 'node_modules/prisma/build/index.js'), 'generate', '--schema', 'schema.prisma'],
  here,
  {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
  },
)
run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', here], root)
run(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', join(here, 'vitest.config.ts')],
  root,
  {
    ...(process.argv.includes('--update') ? { PG_LOUPE_TEST_UPDATE: '1' } : {}),
  },
)

function isInstalled() {
  const installed = join(here, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const versions = (file) =>
    Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages)
      .filter(([path, { optional }]) => path !== '' && !optional)
      .map(([path, { version }]) => `${path} ${version}`)
  const found = new Set(versions(installed))
  return versions(join(here, 'package-lock.json')).every((wanted) => found.has(wanted))
}

function run(command, args, cwd, env = {}) {
  const options = { cwd, stdio: 'inherit', env: { ...process.env, ...env } }
  const { status, error } = spawnSync(command, args, options)
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
