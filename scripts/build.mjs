// Compiles the package with tsc alone, because a bundler would copy shared classes into each entry point. The output is
// CommonJS, which both `require` and `import` load, so that one process has one copy. Only the files that import vitest are
// compiled as ES modules, because CommonJS cannot import it. Files that import a development dependency include its code.
//
// The output is written beside dist/ and swapped in at the end, so that a build that fails or is interrupted leaves the old
// one intact.
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
import { BADGE_BUNDLE, bundleBadge } from './bundle-badge.mjs'
import { bundlePage, PANEL_PAGE, REPORT_PAGE } from './bundle-page.mjs'
import { includeDependencies } from './include-dependencies.mjs'
import { keepPublicDeclarations } from './keep-public-declarations.mjs'
import { stripComments } from './strip-comments.mjs'
import { writeBundle } from './write-bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const startedAt = new Date()
const building = `dist.building-${process.pid}`
const modules = `dist.building-${process.pid}/modules`
const replaced = `dist.replaced-${process.pid}`
/** The compiled files that import a development dependency. */
const WITH_DEPENDENCIES = ['src/panel/server/open-line.js']
/** Has nothing but such imports, so it is bundled from its source: only ES modules can be included in part. */
const PROTOCOL = 'src/agents/mcp/protocol'

removeAbandoned()
for (const page of [REPORT_PAGE, PANEL_PAGE]) writeBundle(page.bundle, await bundlePage(page), startedAt)
writeBundle(BADGE_BUNDLE, await bundleBadge(), startedAt)
compile('tsconfig.build.json', building)
compile('tsconfig.vitest.json', modules)
const adapter = join(root, building, 'adapters/vitest')
cpSync(join(root, modules, 'adapters/vitest'), adapter, { recursive: true })
writeFileSync(join(adapter, 'package.json'), '{ "type": "module" }\n')
remove(modules)
writeJestReporterModule(join(root, building, 'adapters/jest'))
keepPublicDeclarations(join(root, building), entries())
await stripComments(join(root, building))
const command = join(root, building, 'src/cli/main.js')
if (existsSync(command)) chmodSync(command, 0o755)
const mark = join(root, building, 'package.json')
writeFileSync(mark, '{ "type": "commonjs" }\n')
for (const file of WITH_DEPENDENCIES) await includeDependencies(join(root, building, file))
await includeDependencies(join(root, building, `${PROTOCOL}.js`), join(root, `${PROTOCOL}.ts`))
// The date is that of the start of the build, because a source that was saved while tsc ran may not be in the output.
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

/** The only default export as CommonJS can express it. Tools disagree on how `import` treats one. */
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

/** Removes the output of a build that was killed, which could not clean up after itself. */
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
