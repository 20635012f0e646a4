// Runs every project of test/runners with the packed pg-loupe.
import { join } from 'node:path'
import { installPacked, runSuite } from '../packed-package.mjs'

const here = import.meta.dirname
// vitest 5 has a package of its own, because one package cannot have both; it brings its own copy of pg-loupe.
installPacked([here, join(here, 'vitest-5')])
runSuite(here)
