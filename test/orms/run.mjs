// Installs the ORMs by their lock file, and the packed pg-loupe; generates Prisma's client, and runs the matrix and the pages
// of docs/orms. `--update` writes the matrix's table into README.md. A package that cannot be installed is a failure.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const root = join(here, '../..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

const packed = mkdtempSync(join(tmpdir(), 'pg-loupe-pack-'))
process.on('exit', () => rmSync(packed, { recursive: true, force: true }))
run(npm, ['pack', '--silent', '--ignore-scripts', '--pack-destination', packed], root)
// Not `npm ci`: some versions of npm leave the binaries of other platforms out of a lock and then refuse it.
run(
  npm,
  [
    'install',
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    join(packed, `pg-loupe-${version()}.tgz`),
  ],
  here,
)
// Prisma would download an engine that its pg adapter does not use.
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

function version() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}

function run(command, args, cwd, env = {}) {
  const options = { cwd, stdio: 'inherit', env: { ...process.env, ...env } }
  const { status, error } = spawnSync(command, args, options)
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
