// Bundles an application with the packed pg-loupe, in several ways, and runs it.
import { installPacked, runSuite } from '../packed-package.mjs'

installPacked([import.meta.dirname])
runSuite(import.meta.dirname)
