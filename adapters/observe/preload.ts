// Loaded before everything else into each process that `pg-loupe doctor` observes.
import Module from 'node:module'
import { OBSERVE_VARIABLE } from '../../src/collect/process-facts.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { observeProcess } from './observe-process.ts'
import { likelyPgFile } from './pg-files.ts'

type Load = (this: { exports: unknown }, filename: string) => void

const folder = process.env[OBSERVE_VARIABLE]
const state = sharedState()
if (folder && !state.setupWatch) {
  const watch = observeProcess(folder)
  state.setupWatch = watch
  const { prototype } = Module as unknown as { prototype: { load: Load } }
  const { load } = prototype
  prototype.load = function (filename) {
    load.call(this, filename)
    // Every module of the application passes here, so the cache is searched for files of pg only.
    if (likelyPgFile(filename, this.exports)) watch.findDrivers()
  }
}
