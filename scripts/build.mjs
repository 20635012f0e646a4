// Compiles the package twice, as ES modules and as CommonJS, with tsc alone: a bundler would copy shared
// classes into each entry point. Then marks the CommonJS tree as such and the command as executable.
// Compiles beside dist/ and swaps at the end, so a build that fails or is cut short leaves the old one whole.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const startedAt = new Date()
// Beside dist and not deeper, because source maps hold relative paths.
const building = `dist.building-${process.pid}`
const replaced = `dist.replaced-${process.pid}`

removeAbandoned()
for (const [project, folder] of [
  ['tsconfig.esm.json', 'esm'],
  ['tsconfig.cjs.json', 'cjs'],
]) {
  const args = [tsc, '-p', project, '--outDir', `${building}/${folder}`]
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    remove(building)
    process.exit(status || 1)
  }
}
const command = `${root}${building}/esm/src/cli/main.js`
if (existsSync(command)) chmodSync(command, 0o755)
const mark = `${root}${building}/cjs/package.json`
writeFileSync(mark, '{ "type": "commonjs" }\n')
// Dated at the start of the build: a source saved while tsc ran may not be in it.
utimesSync(mark, startedAt, startedAt)

if (existsSync(`${root}dist`)) renameSync(`${root}dist`, root + replaced)
renameSync(root + building, `${root}dist`)
remove(replaced)

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
