// Vitest kills its workers (processes and threads) once they have reported that they are done, so they have no exit event. The
// last request of a test file may have ended a moment ago, and its trace still waits for further queries. So the message of the
// worker is taken as its end. The message itself is sent unchanged.
import { parentPort } from 'node:worker_threads'
import { aroundMethod } from '../../src/host/replace-method.ts'
import { actLast } from '../../src/profiler/shared-state.ts'

export function actBeforeKilled(): void {
  if (!process.env.VITEST) return
  if (parentPort) watch(parentPort, 'postMessage')
  else if (process.send) watch(process, 'send')
}

function watch(sender: object, name: string): void {
  aroundMethod(sender, name, (target, send, args) => {
    if (isFarewell(args[0])) actLast()
    return Reflect.apply(send, target, args)
  })
}

/** The message of Vitest 4, or of the processes of tinypool, in which earlier versions ran their tests. */
function isFarewell(message: unknown): boolean {
  const { type, __vitest_worker_response__, __tinypool_worker_message__, source } = Object(message)
  return (
    (type === 'stopped' && __vitest_worker_response__) || (__tinypool_worker_message__ && source === 'port')
  )
}
