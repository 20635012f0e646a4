// Finds a Chromium, or installs Debian's where possible, and runs the tests of a folder in it: those of the HTML report, or with the
// argument `panel` those of the live panel. Without a browser it prints a message and passes: `npm test` covers everything that needs
// none.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const here = import.meta.dirname
const root = join(here, '../..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const [part = '.', ...vitestArguments] = process.argv.slice(2)
const browser = process.env.PG_LOUPE_TEST_CHROMIUM || find() || install()
if (!browser) {
  const line = '*'.repeat(78)
  process.stdout.write(
    `${line}\nNOTHING was opened in a browser: there is no Chromium, and only root on Debian can install one.\nPG_LOUPE_TEST_CHROMIUM may name one.\n${line}\n`,
  )
  process.exit(0)
}
if (!existsSync(join(here, 'node_modules/.package-lock.json'))) {
  run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here)
}
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const config = join(here, part, 'vitest.config.ts')
run(process.execPath, [vitest, 'run', '--config', config, ...vitestArguments], root, {
  ...process.env,
  PG_LOUPE_TEST_CHROMIUM: browser,
})

function find() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file))
}

function install() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return undefined
  process.stdout.write('There is no Chromium: installing it with apt-get.\n')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env }
  spawnSync('apt-get', ['update', '-qq'], options)
  // A font besides: without one, no text has a width.
  const packages = ['chromium', 'fonts-dejavu-core']
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options)
  return find()
}

function run(command, args, cwd, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
