// The packed package as npm, pnpm and yarn install it, as it runs then, and as TypeScript 5 finds its types.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installLocked, pack, runSuite } from '../packed-package.mjs'

const home = mkdtempSync(join(tmpdir(), 'pg-loupe-installs-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))

installLocked(import.meta.dirname)
process.env.PG_LOUPE_TARBALL = pack(home)
runSuite(import.meta.dirname)
