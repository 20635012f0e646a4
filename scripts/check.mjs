// Everything that can be checked without running the code, one line each; all of it runs, and each failure is shown.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const checks = {
  'format and lint': 'biome ci --error-on-warnings .',
  types: 'tsc -p tsconfig.json',
  'unused code': 'knip',
  'package contents': 'publint --strict',
  'package types': 'attw --pack . --profile node16',
  'import borders': 'vitest run --config test/house/vitest.config.ts',
}

const root = fileURLToPath(new URL('..', import.meta.url))
const failed = Object.entries(checks).filter(([name, command]) => {
  const { status, stdout, stderr } = spawnSync(`npx --no-install ${command}`, {
    cwd: root,
    shell: true,
    encoding: 'utf8',
  })
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}: ${command}\n`)
  if (status !== 0) process.stdout.write(`${stdout}${stderr}\n`)
  return status !== 0
})
process.exitCode = failed.length > 0 ? 1 : 0
