// Reports for tests, written as short as they are read: `reportOf(finding({ title: '…' }))`.
import type { Finding } from '../src/types/finding.ts'
import type { BaselineStates, Report } from '../src/types/report.ts'

/** A text with everything that is difficult for a format. */
export const HOSTILE = [
  '</script><img src=x onerror=alert(1)> <!-- & --> ]]> </testcase>',
  '\u001b[31m\u0007\u0000\u202e\u2028\u2029\ufffe\ud800 \udc00',
  '::error file=x::y\r\n::stop-commands::z\n# heading\n- list\n\n| a | b |\n| - | - |\n',
  '`x` ``y`` ```\n~~~ **b** _i_ [link](https://example.com) ![i](x) ](1) \\| \\\\| {0} $(id) %0A %',
  '@octocat #123 GH-12 a/b#7 !5 %3 &4 ~bug https://example.com www.example.com me@example.com',
].join('\n')

/**
 * Characters that no output may contain: control characters, invisible characters, and invalid text. Line ends are the
 * exception.
 */
export const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffe\uffff]/u

export function finding(over: Partial<Finding> = {}): Finding {
  return {
    detector: 'n-plus-one',
    severity: 'error',
    confidence: 'proven',
    title: 'N+1: 4 queries, one for each row',
    detail:
      'Each of the 4 values of customers.id came from orders.customer_id of 4 rows of one earlier query.',
    remediation: 'Collect the id values first and ask once, with id = any(…).',
    fix: 'select id, name from customers where id = any($1)',
    key: 'n-plus-one | GET /orders | list | 00ff',
    route: 'GET /orders',
    callSite: [
      { file: 'src/orders.ts', line: 41, column: 9, function: 'list' },
      { file: 'src/app.ts', line: 7 },
    ],
    occurrences: [{ trace: 'http GET /orders #1', queries: [1, 2, 3, 4], parent: 0 }],
    occurrenceCount: 1,
    cost: { queries: 3, roundTrips: 3, perRow: true },
    evidence: [
      { label: '4×', text: 'select name from customers where id = ?' },
      { label: 'rows of', text: 'select id from orders', callSite: { file: 'src/orders.ts', line: 35 } },
    ],
    ...over,
  }
}

export function hostileFinding(): Finding {
  const place = { file: `src/${HOSTILE}.ts`, line: 3, column: 1, function: HOSTILE }
  return finding({
    detector: HOSTILE,
    title: HOSTILE,
    detail: HOSTILE,
    remediation: HOSTILE,
    fix: HOSTILE,
    key: HOSTILE,
    route: HOSTILE,
    callSite: [place, place],
    evidence: [{ label: HOSTILE, text: HOSTILE, callSite: place }],
  })
}

/** With a route for each name in it, and one that has no findings. */
export function reportOf(...findings: readonly Finding[]): Report {
  const names = [...new Set(['GET /quiet', ...findings.map(({ route }) => route)])]
  const spread = { min: 1, median: 2, max: 3 }
  return {
    v: 1,
    tool: { name: 'pg-loupe', version: '0.1.0' },
    traces: names.length,
    queries: 3 * names.length,
    findings,
    routes: names.map((name) => ({
      name,
      traces: 1,
      queries: spread,
      durationMs: spread,
      databaseMs: spread,
    })),
    measured: Object.fromEntries(findings.map(({ key }) => [key, { spentMs: 8 }])),
    suppressed: 0,
    suppressions: [],
    cut: { queries: 0, traces: 0, routes: 0, unrecorded: 0, observations: 0, untraced: 0, internalErrors: 0 },
  }
}

/** A report with a finding of each state, and the states in the baseline. */
export function heldAgainstBaseline(): { report: Report; states: BaselineStates } {
  const names = ['accepted', 'new', 'grown', 'slow'] as const
  const [accepted, added, grown, slow] = names.map((name, at) =>
    finding({ key: name, title: `${name} finding`, callSite: [{ file: `src/${name}.ts`, line: at + 1 }] }),
  ) as [Finding, Finding, Finding, Finding]
  const states = {
    baseline: 'pg-loupe-baseline.json',
    accepted: new Map([['accepted', 9]]),
    grown: new Map([['grown', { before: 4, after: 12 }]]),
    unjudged: new Set(['slow']),
  }
  return { report: reportOf(accepted, added, grown, { ...slow, detector: 'slow-query' }), states }
}

/** So many findings, each of a line and a route of its own. */
export function manyFindings(count: number, over: Partial<Finding> = {}): Finding[] {
  return Array.from({ length: count }, (_, at) =>
    finding({
      key: `n-plus-one | GET /${at} | list | ff`,
      route: `GET /${at}`,
      callSite: [{ file: 'src/orders.ts', line: at + 1, function: 'list' }],
      ...over,
    }),
  )
}
