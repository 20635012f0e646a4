// An application whose loop calls a layer that is an installed package in `node_modules/acme`, and the same code in `acme.mjs`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyOfApp } from './profile-application.ts'

export function withAcme(): { home: string; app: string } {
  const home = copyOfApp('installed-loop.mjs')
  const installed = join(home, 'node_modules/acme')
  mkdirSync(installed)
  const module = [
    'export async function load(pool, names) {',
    "  for (const name of names) await pool.query('select id from authors where name = $1', [name])",
    '}',
  ].join('\n')
  writeFileSync(join(installed, 'package.json'), '{ "type": "module", "exports": "./index.mjs" }')
  for (const file of [join(installed, 'index.mjs'), join(home, 'acme.mjs')]) writeFileSync(file, module)
  return { home, app: join(home, 'installed-loop.mjs') }
}
