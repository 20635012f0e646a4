// An assertion that saw no query proves nothing, so it fails and names the likely reason. An assertion that may have missed
// queries says so.
import { plural } from '../text/plural.ts'
import { type CapturedQueries, circumstancesOf, LONGEST_MS } from './capture-queries.ts'
import type { Verdict } from './verdict.ts'

/** The verdict when no query was seen, or `undefined` when there are queries to judge. */
export function judgeSilence(captured: CapturedQueries, assertion: string): Verdict | undefined {
  if (captured.count > 0) return undefined
  return { pass: false, message: `${assertion} saw no query, so it proves nothing. ${reasonFor(captured)}` }
}

/**
 * The reason why queries may have been missed. One reason is that queries continued for longer than an assertion waits.
 * Another is that no server of this process received a request of the function, while a server received one from an unknown
 * sender. Requests to other processes alone are no such reason, because applications call other services.
 */
export function whyIncomplete(captured: CapturedQueries, assertion: string): string | undefined {
  const { requests, cutShort = [] } = circumstancesOf(captured) ?? {}
  if (cutShort.length > 0) {
    return (
      `${assertion} is inconclusive: ${LONGEST_MS / 1000} s after the end of the function, queries of ${list(cutShort)} were still ` +
      'running, and later ones were not seen. Let the test wait until the work is done.'
    )
  }
  const { hosts = new Map(), strangers = 0 } = requests ?? {}
  const lost = [...hosts].filter(([, { sent, arrived }]) => arrived < sent).map(([host]) => host)
  if (strangers === 0 || lost.length === 0) return undefined
  return (
    `${assertion} is inconclusive: the request to ${list(lost)} cannot be followed, and servers of this process received ` +
    `${plural(strangers, 'request')} through a proxy or a Unix socket, whose queries are not counted.`
  )
}

const IS_PROFILED = 'Is the pool profiled (profilePool), by this profiler?'

function reasonFor(captured: CapturedQueries): string {
  const { requests, untraced = 0 } = circumstancesOf(captured) ?? {}
  const { hosts = new Map(), strangers = 0 } = requests ?? {}
  const asked = [...hosts.keys()]
  const here = asked.filter((host) => hosts.get(host).arrived > 0)
  if (here.length > 0) {
    return `The request to ${list(here)} reached a server of this process, but no query of it was seen. ${IS_PROFILED}`
  }
  if (asked.length > 0) {
    const perhaps =
      strangers > 0
        ? ` Meanwhile servers of this process received ${plural(strangers, 'request')} through a proxy or a Unix socket, which cannot be assigned to it.`
        : ''
    return (
      `No server of this process received the request to ${list(asked)}, and queries of other processes cannot be seen here.` +
      `${perhaps} Start the application in the process of the test.`
    )
  }
  if (strangers > 0) {
    return (
      `Meanwhile servers of this process received ${plural(strangers, 'request')} that cannot be assigned to the given function: send them ` +
      'inside it, with fetch or node:http.'
    )
  }
  if (untraced > 0) {
    return (
      `Meanwhile ${plural(untraced, 'query', 'queries')} belonged to no trace: they were sent by code that had started before, such as a ` +
      'queue, a batch or an event of another connection.'
    )
  }
  return `${IS_PROFILED} Does the code run in this process, called from the given function?`
}

function list(hosts: readonly string[]): string {
  const shown = hosts.slice(0, HOSTS_SHOWN).join(', ')
  return hosts.length > HOSTS_SHOWN ? `${shown} and ${hosts.length - HOSTS_SHOWN} more` : shown
}

const HOSTS_SHOWN = 5
