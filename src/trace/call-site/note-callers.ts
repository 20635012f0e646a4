// Notes for which queries the same call site twice is no sign of a loop, because several calls have that one: their callers
// are lost above an `await`, and no loop is to be seen in the source of what is left.
import { findSameStatements } from '../../grouping/repetitions.ts'
import type { CallSite } from '../../types/query.ts'
import type { RecordedQuery } from '../recorded-query.ts'
import { isRepeated } from '../source/source-at-frame.ts'
import { withoutFormerTurn } from './former-turn.ts'
import type { Call } from './read-call.ts'

export function noteCallers(queries: readonly RecordedQuery[]): void {
  const unclear = new Map<Call, boolean>()
  const turns = new Map<Call, Call>()
  const turnOf = (call: Call) => {
    const turn = turns.get(call) ?? withoutFormerTurn(call)
    turns.set(call, turn)
    return turn
  }
  for (const indexes of findSameStatements(queries)) {
    const sent = indexes.flatMap((index) => queries[index] ?? [])
    for (const query of sent) query.calledBy(turnOf(query.call))
    tellCombinedApart(sent)
    const awaited = pathsThatAreAwaited(new Set(sent.map(({ call }) => call)))
    for (const query of sent) {
      const call = query.builtBy ?? query.call
      const isUnknown = unclear.get(call) ?? isUnclear(call)
      unclear.set(call, isUnknown)
      const isAbandoned = awaited.has(pathOf(call.callSite)) && !repeats(call.callSite)
      if (isUnknown || isAbandoned) query.callersUnknown = true
    }
  }
}

/** Queries that one Promise.all was given have one call site. Those that were built by different calls are told by these. */
function tellCombinedApart(queries: readonly RecordedQuery[]): void {
  const builders = new Map<string, RecordedQuery[]>()
  for (const query of queries) {
    const { builtBy, call } = query
    if (!builtBy) {
      if (call.isCombining) query.callersUnknown = true
      continue
    }
    const path = pathOf(builtBy.callSite)
    builders.set(path, [...(builders.get(path) ?? []), query])
  }
  for (const [query, ...others] of builders.values()) {
    if (query?.builtBy && others.length === 0) query.calledBy(query.builtBy)
  }
}

/** The beginnings of call sites on which somebody awaits what happens there. A call site that ends there is nobody's yet. */
function pathsThatAreAwaited(calls: ReadonlySet<Call>): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const { callSite, running } of calls) {
    for (let depth = running; depth < callSite.length; depth++) paths.add(pathOf(callSite.slice(0, depth)))
  }
  return paths
}

function pathOf(callSite: CallSite): string {
  return callSite.map(({ file, line, column }) => `${file}:${line}:${column}`).join(' ')
}

function isUnclear(call: Call): boolean {
  return (call.isUnclear || isCalledByOthers(call)) && !repeats(call.callSite)
}

/**
 * No application code awaits the frame or called it, so a library, a timer or an event did. When its own source repeats
 * nothing, it was called several times, by a loop or by explicit calls.
 */
function isCalledByOthers({ callSite, running }: Call): boolean {
  const outermost = callSite.at(-1)
  return outermost !== undefined && running === callSite.length && isRepeated(outermost) !== undefined
}

/** One of the calls is inside a loop, or a function calls itself. */
function repeats(callSite: CallSite): boolean {
  const functions = callSite.flatMap(({ file, function: name }) =>
    name === undefined ? [] : [`${file} ${name}`],
  )
  return new Set(functions).size < functions.length || callSite.some((frame) => isRepeated(frame))
}
