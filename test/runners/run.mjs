// Runs every project of test/runners with the packed pg-loupe.
import { join } from 'node:path'
import { installPacked, runSuite } from '../packed-package.mjs'

const here = import.meta.dirname
// vitest 5 and jest 29 get packages of their own, because one package cannot have two versions. Each has its own copy of
// pg-loupe.
installPacked([here, join(here, 'vitest-5'), join(here, 'jest-29')])
runSuite(here)
