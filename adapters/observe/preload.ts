// Node.js loads this before everything else in each process that `pg-loupe doctor` observes.
import Module from 'node:module'
import { OBSERVE_VARIABLE } from '../../src/collect/process-facts.ts'
import { aroundMethod } from '../../src/host/replace-method.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'
import { observeProcess } from './observe-process.ts'
import { looksLikeDriver } from './watch-classes.ts'

const folder = process.env[OBSERVE_VARIABLE]
const state = sharedState()
if (folder && !state.setupWatch) {
  const watch = observeProcess(folder)
  state.setupWatch = watch
  aroundMethod(Module.prototype, 'load', (module, load, args) => {
    Reflect.apply(load, module, args)
    // Every module of the application passes here, so the module cache is searched only after a file of a driver.
    if (looksLikeDriver(args[0] as string, (module as NodeModule).exports)) watch.findDrivers()
  })
}
