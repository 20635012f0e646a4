// An assertion that saw no query proves nothing, so it fails, and says what is known of why.
import { type CapturedQueries, circumstancesOf } from './capture-queries.ts'
import type { Verdict } from './verdict.ts'

/** The verdict when nothing was seen; `undefined` when there is something to judge. */
export function judgeSilence(captured: CapturedQueries, assertion: string): Verdict | undefined {
  if (captured.count > 0) return undefined
  return { pass: false, message: `${assertion} saw no query, so it proves nothing. ${reasonFor(captured)}` }
}

const IS_PROFILED = 'Is the pool profiled (profilePool), by this profiler?'

function reasonFor(captured: CapturedQueries): string {
  const { hosts = new Map(), strangers = 0 } = circumstancesOf(captured)?.requests ?? {}
  const asked = [...hosts.keys()]
  const here = asked.filter((host) => hosts.get(host).arrived > 0)
  if (here.length > 0) {
    return `The request to ${list(here)} reached a server of this process, which sent none that was seen. ${IS_PROFILED}`
  }
  if (asked.length > 0) {
    const perhaps =
      strangers > 0
        ? ` Servers of this process got ${count(strangers, 'request')} meanwhile, from something in between or over a Unix socket, which cannot be tied to it.`
        : ''
    return (
      `No server of this process got the request to ${list(asked)}, and queries of other processes cannot be seen here.` +
      `${perhaps} Start the application in the process of the test.`
    )
  }
  if (strangers > 0) {
    return (
      `Servers of this process got ${count(strangers, 'request')} meanwhile that cannot be tied to the function given: send them ` +
      'inside it, with fetch or node:http.'
    )
  }
  return `${IS_PROFILED} Does the code run in this process, called from the function given?`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function list(hosts: readonly string[]): string {
  const shown = hosts.slice(0, HOSTS_SHOWN).join(', ')
  return hosts.length > HOSTS_SHOWN ? `${shown} and ${hosts.length - HOSTS_SHOWN} more` : shown
}

const HOSTS_SHOWN = 5
