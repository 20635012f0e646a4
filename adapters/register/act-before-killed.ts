// Vitest kills its workers, processes and threads alike, once they have said that they are done: there is no exit in them,
// and the last request of a test file may have ended a moment ago, its trace still waiting for what comes after. So the
// message itself is taken as the end. Nothing else is listened to, and the message goes out as it is.
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

/** Of Vitest 4, and of tinypool's processes, in which Vitest ran its tests before. */
function isFarewell(message: unknown): boolean {
  const { type, __vitest_worker_response__, __tinypool_worker_message__, source } = Object(message)
  return (
    (type === 'stopped' && __vitest_worker_response__) || (__tinypool_worker_message__ && source === 'port')
  )
}
