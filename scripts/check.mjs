// Runs every `check:` script of package.json and prints a line for each. A failure is printed in full and does not stop the
// others.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
const checks = Object.keys(scripts).filter((name) => name.startsWith('check:'))

for (const name of checks) {
  const options = { cwd: root, shell: true, encoding: 'utf8' }
  const { status, stdout, stderr } = spawnSync(`npm run --silent ${name}`, options)
  const passed = status === 0
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name}  ${scripts[name]}\n`)
  if (passed) continue
  process.stdout.write(`${stdout}${stderr}\n`)
  process.exitCode = 1
}
