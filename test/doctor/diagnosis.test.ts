// The diagnosis and its text, of facts as processes leave them.
import { expect, test } from 'vitest'
import { diagnose } from '../../src/cli/doctor/diagnosis.ts'
import { formatDiagnosis } from '../../src/cli/doctor/format-diagnosis.ts'
import type { ProcessFacts } from '../../src/collect/process-facts.ts'
import type { SetupFacts, SourceFacts, SurroundingFacts } from '../../src/setup/setup-facts.ts'

const POOL: SourceFacts = {
  kind: 'pool',
  database: 'shop',
  size: 10,
  profiler: 0,
  place: { file: '/app/src/db.ts', line: 3, column: 1 },
  uses: { captured: 4, inOtherTraces: 0, inUntracedRequests: 0, outside: 0, bursts: 0 },
}
const ENDED = 'The command ended by itself with exit code 0.'

function facts(setup: Partial<SetupFacts> = {}, surroundings: Partial<SurroundingFacts> = {}): ProcessFacts {
  return {
    pid: 1,
    thread: 0,
    program: 'server.js',
    isRunner: false,
    setup: {
      v: 1,
      isRegistered: false,
      isServer: true,
      isEnding: false,
      drivers: [{ name: 'pg', version: '8.23.1' }],
      unknownConnections: [],
      frameworks: [],
      orms: [],
      profilers: [
        { isDefault: true, middlewares: 1, requests: 2, collectsUntraced: false, outputs: ['console'] },
      ],
      sources: [POOL],
      requests: {
        seen: 2,
        traced: 2,
        routes: [{ name: 'GET /books', requests: 2 }],
        untraced: [],
        tracedLate: [],
      },
      catalogs: [{ state: 'read' }],
      ...setup,
      surroundings: {
        node: '24.1.0',
        versions: ['0.1.0'],
        profilersOff: 0,
        wrongVariables: [],
        wrongComments: [],
        ...surroundings,
      },
    },
  }
}

const idsOf = (processes: ProcessFacts[]) => diagnose(processes, ENDED).notices.map(({ id }) => id)

test('a set-up that is right is all captured, and it says what was checked and found', () => {
  const text = formatDiagnosis(diagnose([facts()], ENDED), { color: false, folder: '/app' })
  expect(text).toBe(`pg-loupe doctor  ${ENDED}

All captured.

  ✔ 4 uses of 1 pool are in traces.
  ✔ 2 of 2 requests have a trace.
  ✔ The catalog was read: unbounded results are found.

Found
    program     server.js, Node.js 24.1.0
    pg-loupe    0.1.0
    driver      pg 8.23.1
    pool        database shop, of 10 connections, profiled, 4 uses, 4 captured, first used at src/db.ts:3
    requests    2, GET /books (2)
`)
})

test.each<[string, ProcessFacts]>([
  ['node-too-old', facts({}, { node: '18.20.4' })],
  ['node-too-old', facts({}, { node: '20.9.0' })],
  ['pg-too-old', facts({ drivers: [{ name: 'pg', version: '8.7.3' }] })],
  ['two-versions', facts({}, { versions: ['0.1.0', '0.2.0'] })],
  ['wrong-variable', facts({}, { wrongVariables: ['There is no variable PG_LOUPE_X.'] })],
])('%s is a fault', (id, one) => {
  expect(idsOf([one])).toEqual([id])
})

test('a reporter without its set-up file is a fault, also where no use of a pool was written in time', () => {
  const tests = { runner: 'jest' as const, hasSetUp: false, traced: 0 }
  const profilers = [
    {
      isDefault: true,
      middlewares: 0,
      requests: 0,
      collectsUntraced: false,
      outputs: ['collected' as const],
    },
  ]
  const setup = { isServer: false, profilers, sources: [] }
  expect(idsOf([facts(setup, { tests })])).toEqual(['tests-not-traced'])
  expect(idsOf([facts(setup, { tests: { ...tests, hasSetUp: true, traced: 1 } })])).toEqual([])
})

test('versions at the limit are none', () => {
  expect(
    idsOf([
      facts({ drivers: [{ name: 'pg', version: '8.11.1' }] }, { node: '20.19.0', versions: ['0.1.0'] }),
    ]),
  ).toEqual([])
})

test('a notice about several workers of one program is printed once, and names the program when there are two', () => {
  const broken = facts({}, { wrongComments: [{ why: 'no reason' }] })
  expect(diagnose([broken, broken, broken], ENDED).notices).toHaveLength(1)
  const [, second] = diagnose([broken, { ...broken, program: 'worker.js' }], ENDED).notices
  expect(second?.program).toBe('worker.js')
})

test('processes that have nothing to do with pg are left out', () => {
  const npm = { ...facts({ drivers: [], sources: [], profilers: [], isServer: false }), program: 'npm' }
  const diagnosis = diagnose([npm, facts()], ENDED)
  expect([diagnosis.verdict, diagnosis.found.processes]).toEqual(['captured', 2])
  expect(diagnosis.found.programs).toEqual([{ name: 'server.js', node: '24.1.0', processes: 1 }])
  expect(idsOf([npm])).toEqual(['nothing-seen'])
  expect(idsOf([])).toEqual(['nothing-seen'])
})

test('a server that nobody asked is not said to be captured', () => {
  const requests = { seen: 0, traced: 0, routes: [], untraced: [], tracedLate: [] }
  const diagnosis = diagnose([facts({ requests, sources: [] })], ENDED)
  expect(diagnosis.verdict).toBe('unchecked')
  expect(diagnosis.unchecked).toHaveLength(1)
})

test('lets nothing that was found steer the terminal', () => {
  const program = 'a\u001b[31m.js'
  const text = formatDiagnosis(diagnose([{ ...facts(), program }], ENDED), { color: false, folder: '/' })
  expect(text).not.toContain('\u001b')
})
