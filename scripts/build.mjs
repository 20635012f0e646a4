// Compiles the package with tsc alone (a bundler would copy shared classes into each entry point). It is compiled once, as
// CommonJS, which both `require` and `import` load, so that one process has one copy; only what imports vitest, which
// CommonJS cannot, is compiled as ES modules.
// Compiles beside dist/ and swaps at the end, so a build that fails or is cut short leaves the old one whole.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writePageBundle } from './bundle-page.mjs'
import { keepPublicDeclarations } from './keep-public-declarations.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const startedAt = new Date()
const building = `dist.building-${process.pid}`
const modules = `dist.building-${process.pid}/modules`
const replaced = `dist.replaced-${process.pid}`

removeAbandoned()
await writePageBundle(startedAt)
compile('tsconfig.build.json', building)
compile('tsconfig.vitest.json', modules)
const adapter = join(root, building, 'adapters/vitest')
cpSync(join(root, modules, 'adapters/vitest'), adapter, { recursive: true })
writeFileSync(join(adapter, 'package.json'), '{ "type": "module" }\n')
remove(modules)
writeJestReporterModule(join(root, building, 'adapters/jest'))
keepPublicDeclarations(join(root, building), entries())
const command = join(root, building, 'src/cli/main.js')
if (existsSync(command)) chmodSync(command, 0o755)
const mark = join(root, building, 'package.json')
writeFileSync(mark, '{ "type": "commonjs" }\n')
// Dated at the start of the build: a source saved while tsc ran may not be in it.
utimesSync(mark, startedAt, startedAt)

if (existsSync(`${root}dist`)) renameSync(`${root}dist`, root + replaced)
renameSync(root + building, `${root}dist`)
remove(replaced)

function compile(project, folder) {
  const args = [tsc, '-p', project, '--outDir', folder]
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status === 0) return
  remove(building)
  process.exit(status || 1)
}

/** The only default export that CommonJS holds; tools disagree on what `import` makes of one. */
function writeJestReporterModule(folder) {
  writeFileSync(
    join(folder, 'reporter.mjs'),
    "import reporter from './reporter.js'\nexport default reporter.default\n",
  )
  writeFileSync(
    join(folder, 'reporter.d.mts'),
    "import reporter from './reporter.js'\n" +
      'declare const LoupeReporter: typeof reporter.default\n' +
      'export default LoupeReporter\n' +
      "export type { RunOptions } from './reporter.js'\n",
  )
}

/** The compiled files that the package exports. */
function entries() {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  return Object.values(exports)
    .map((entry) => entry.require ?? entry)
    .filter((path) => path.endsWith('.js'))
    .map((path) => join(root, path.replace('dist', building)))
}

function remove(folder) {
  rmSync(root + folder, { recursive: true, force: true })
}

/** A build killed in the middle cannot clean up after itself; the next one does. */
function removeAbandoned() {
  for (const name of readdirSync(root)) {
    const [, pid] = name.match(/^dist\.(?:building|replaced)-(\d+)$/) ?? []
    if (pid && !isAlive(Number(pid))) remove(name)
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
