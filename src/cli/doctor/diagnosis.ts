// The diagnosis of an observed command: the set-up that was found, the parts that are captured incompletely, and the parts
// that could not be checked. It is a pure function of the facts from its processes, which are complete because the processes
// have ended.
import type { ProcessFacts } from '../../collect/process-facts.ts'
import { explainSetup } from '../../setup/explain-setup.ts'
import type { Notice } from '../../setup/notice.ts'
import type {
  CatalogFacts,
  OrmFacts,
  PackageFacts,
  SetupFacts,
  SourceFacts,
} from '../../setup/setup-facts.ts'
import { plural } from '../../text/plural.ts'

export interface Diagnosis {
  v: 1
  /** `captured`: all that was checked, and there was nothing that could not be. */
  verdict: 'captured' | 'partly' | 'unchecked'
  /** How the command ended, a sentence. */
  ended: string
  /** Worst first; hints, which may be as intended, come last. */
  notices: DoctorNotice[]
  unchecked: Unchecked[]
  /** A sentence for each check that passed. */
  captured: string[]
  found: Found
}

export interface DoctorNotice extends Omit<Notice, 'id' | 'key'> {
  id: Notice['id'] | 'nothing-seen'
  /** The program that the notice is about, when several were observed. */
  program?: string
}

export interface Unchecked {
  /** A sentence for each check that was not possible, with the reason. */
  what: string
  nextStep: string
}

export interface Found {
  /** Programs that use pg, pg-loupe or an HTTP server, each with its Node.js. */
  programs: { name: string; node: string; processes: number }[]
  /** All processes and worker threads that were observed. */
  processes: number
  versions: string[]
  drivers: PackageFacts[]
  orms: PackageFacts[]
  frameworks: PackageFacts[]
  sources: SourceFacts[]
  requests: { seen: number; traced: number; routes: { name: string; requests: number }[] }
}

export function diagnose(processes: readonly ProcessFacts[], ended: string): Diagnosis {
  const concerned = processes.filter(isConcerned)
  const notices = noticesOf(concerned.length > 0 ? concerned : processes.slice(0, 1), processes)
  const setups = concerned.map(({ setup }) => setup)
  const unchecked = concerned.length > 0 ? uncheckedOf(setups) : []
  const isFaulty = notices.some(({ level }) => level === 'fault')
  return {
    v: 1,
    verdict: isFaulty ? 'partly' : unchecked.length > 0 ? 'unchecked' : 'captured',
    ended,
    notices,
    unchecked,
    captured: capturedOf(setups),
    found: foundOf(concerned, processes.length),
  }
}

/** npm, shells' helpers and build tools run as well, and have nothing to do with it. */
function isConcerned({ setup }: ProcessFacts): boolean {
  const { drivers, sources, profilers, unknownConnections, surroundings } = setup
  return (
    drivers.length + sources.length + profilers.length + unknownConnections.length > 0 ||
    (surroundings?.profilersOff ?? 0) > 0
  )
}

function noticesOf(concerned: readonly ProcessFacts[], all: readonly ProcessFacts[]): DoctorNotice[] {
  const isSeveral = new Set(concerned.map(({ program }) => program)).size > 1
  const byKey = new Map<string, DoctorNotice>()
  for (const { program, setup } of concerned) {
    for (const { id, key, ...notice } of explainSetup({ ...setup, isEnding: true })) {
      // Workers of one program have the same faults.
      const whole = isSeveral ? `${program} ${key}` : key
      if (!byKey.has(whole)) byKey.set(whole, { id, ...notice, ...(isSeveral ? { program } : {}) })
    }
  }
  const nothing = concerned.every((facts) => !isConcerned(facts)) ? [nothingSeen(all.length)] : []
  const notices = [...nothing, ...byKey.values()]
  return [
    ...notices.filter(({ level }) => level === 'fault'),
    ...notices.filter(({ level }) => level === 'hint'),
  ]
}

function nothingSeen(processes: number): DoctorNotice {
  return {
    id: 'nothing-seen',
    level: 'fault',
    seen:
      processes === 0
        ? 'The command started no Node.js process, or one that does not pass NODE_OPTIONS on.'
        : `${plural(processes, 'process', 'processes')} of Node.js ran, and none of them loaded pg or pg-loupe.`,
    lost: 'There is nothing to capture, or it cannot be seen from outside.',
    nextStep: 'pg-loupe doctor -- node <the program that sends queries>',
  }
}

function uncheckedOf(setups: readonly SetupFacts[]): Unchecked[] {
  const servers = setups.filter(({ isServer }) => isServer)
  const isUnasked = servers.length > 0 && servers.every(({ requests }) => requests.seen === 0)
  const uses = total(setups, ({ uses }) => uses.captured + uses.inOtherTraces + uses.inUntracedRequests)
  const isIdle = total(setups, usesOf) === 0
  const drizzle = mergeOrms(setups).find(({ name }) => name === 'drizzle-orm')
  return [
    ...(isUnasked
      ? [
          {
            what: 'Whether the queries of requests are captured: no request came.',
            nextStep:
              'Use the application meanwhile, add --request http://localhost:3000/<a page with queries>, or observe its tests: pg-loupe doctor -- npx vitest run',
          },
        ]
      : []),
    ...(!isUnasked && servers.length > 0 && !isIdle && uses === 0
      ? [
          {
            what: 'Whether the queries of requests are captured: no request sent one.',
            nextStep: 'Add --request with a page that reads from the database.',
          },
        ]
      : []),
    ...(isIdle && !isUnasked
      ? [
          {
            what: 'Whether queries are captured: none was sent.',
            nextStep: 'Observe a command that sends queries: a request with --request, a test run or a job.',
          },
        ]
      : []),
    ...(drizzle && drizzle.queries === 0 && uses > 0
      ? [
          {
            what: 'Whether queries of Drizzle name their line: Drizzle is loaded, and no captured query came through it.',
            nextStep: 'Use a page whose queries go through Drizzle.',
          },
        ]
      : []),
  ]
}

function capturedOf(setups: readonly SetupFacts[]): string[] {
  const sources = setups.flatMap((setup) => setup.sources).filter(({ uses }) => uses.captured > 0)
  const captured = sources.reduce((sum, { uses }) => sum + uses.captured, 0)
  const [seen, traced] = [requestsOf(setups, 'seen'), requestsOf(setups, 'traced')]
  const tests = setups.reduce((sum, { surroundings }) => sum + (surroundings?.tests?.traced ?? 0), 0)
  const drizzle = mergeOrms(setups).find(({ name, queries }) => name === 'drizzle-orm' && queries > 0)
  const catalogs = setups.flatMap((setup) => setup.catalogs)
  return [
    ...(captured > 0
      ? [`${plural(captured, 'use')} of ${described(sources)} ${captured === 1 ? 'is' : 'are'} in traces.`]
      : []),
    ...(traced > 0
      ? [`${traced} of ${plural(seen, 'request')} ${traced === 1 ? 'has' : 'have'} a trace.`]
      : []),
    ...(tests > 0 ? [`${plural(tests, 'test')} ${tests === 1 ? 'has' : 'have'} a trace.`] : []),
    ...(drizzle && drizzle.queriesWithoutLine === 0 ? ['Queries of Drizzle name their line.'] : []),
    ...(catalogs.some(isRead) ? ['The catalog was read: unbounded results are found.'] : []),
  ]
}

function isRead({ state }: CatalogFacts): boolean {
  return state === 'read'
}

/** `2 pools and a client` */
function described(sources: readonly SourceFacts[]): string {
  const count = (kind: SourceFacts['kind']) => sources.filter((source) => source.kind === kind).length
  return (['pool', 'client'] as const)
    .flatMap((kind) => (count(kind) > 0 ? [plural(count(kind), kind)] : []))
    .join(' and ')
}

function foundOf(concerned: readonly ProcessFacts[], processes: number): Found {
  const setups = concerned.map(({ setup }) => setup)
  const programs = new Map<string, Found['programs'][number]>()
  for (const { program, setup } of concerned) {
    const known = programs.get(program)
    if (known) known.processes++
    else programs.set(program, { name: program, node: setup.surroundings?.node ?? '', processes: 1 })
  }
  const routes = new Map<string, number>()
  for (const { name, requests } of setups.flatMap((setup) => setup.requests.routes)) {
    routes.set(name, (routes.get(name) ?? 0) + requests)
  }
  return {
    programs: [...programs.values()],
    processes,
    versions: [...new Set(setups.flatMap(({ surroundings }) => surroundings?.versions ?? []))],
    drivers: distinct(setups.flatMap(({ drivers }) => drivers)),
    orms: distinct(mergeOrms(setups)),
    frameworks: distinct(setups.flatMap(({ frameworks }) => frameworks)),
    sources: setups.flatMap((setup) => setup.sources),
    requests: {
      seen: requestsOf(setups, 'seen'),
      traced: requestsOf(setups, 'traced'),
      routes: [...routes].map(([name, requests]) => ({ name, requests })),
    },
  }
}

function distinct(packages: readonly PackageFacts[]): PackageFacts[] {
  const byName = packages.map(({ name, version }) => [`${name} ${version}`, { name, version }] as const)
  return [...new Map(byName).values()]
}

function mergeOrms(setups: readonly SetupFacts[]): OrmFacts[] {
  const merged = new Map<string, OrmFacts>()
  for (const orm of setups.flatMap(({ orms }) => orms)) {
    const known = merged.get(orm.name)
    merged.set(orm.name, {
      ...orm,
      queries: orm.queries + (known?.queries ?? 0),
      queriesWithoutLine: orm.queriesWithoutLine + (known?.queriesWithoutLine ?? 0),
    })
  }
  return [...merged.values()]
}

function requestsOf(setups: readonly SetupFacts[], which: 'seen' | 'traced'): number {
  return setups.reduce((sum, { requests }) => sum + requests[which], 0)
}

function total(setups: readonly SetupFacts[], count: (source: SourceFacts) => number): number {
  return setups.flatMap(({ sources }) => sources).reduce((sum, source) => sum + count(source), 0)
}

function usesOf({ uses }: SourceFacts): number {
  return uses.captured + uses.inOtherTraces + uses.inUntracedRequests + uses.outside
}
