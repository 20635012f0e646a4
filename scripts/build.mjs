// Compiles the package twice, as ES modules and as CommonJS, with tsc alone: a bundler would copy shared
// classes into each entry point. Then marks the CommonJS tree as such and the command as executable.
import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

rmSync(`${root}dist`, { recursive: true, force: true })
for (const project of ['tsconfig.esm.json', 'tsconfig.cjs.json']) {
  execFileSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' })
}
writeFileSync(`${root}dist/cjs/package.json`, '{ "type": "commonjs" }\n')
chmodSync(`${root}dist/esm/src/cli/main.js`, 0o755)
