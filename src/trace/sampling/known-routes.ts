// Remembers the fully captured traces of each route, so that repeated behaviour needs only to be counted: a stack for every
// query and an analysis of every trace are most of the cost of profiling, and the hundredth trace of a route under load shows
// nothing that the first ten have not shown. It never guesses: behaviour that was not fully captured before is captured, and
// so are the next traces of that route. It learns from fully captured traces only. If it learned from traces that were
// captured from the middle on, a loop could grow by a little each time, and no captured part of it would ever be long enough
// to be found.
import { now as realNow } from '../../host/real-time.ts'
import { fingerprint } from '../../sql/index.ts'
import type { Query } from '../../types/query.ts'
import { captureBudget } from './capture-budget.ts'

/** Traces of a route that are captured in full before any is only counted. */
const FIRST_TRACES = 10
/** So many of them, one after the other, must have shown nothing that was not known, and have begun after the last surprise. */
const CALM_TRACES = 5
/** However busy a route is, one of so many traces is in full. */
const ONE_OF = 1000
/** Fixed cost of a trace besides its queries, as a number of queries. */
const QUERIES_OF_TRACE = 10
/** Queries that are captured in full of routes under load: a part of a percent of a core, and at once some reloads of a large page. */
const OF_BUSY_ROUTES = { perSecond: 30, atOnce: 1000 }
/**
 * The budget for routes that were not fully captured for a while, because a rarely used route must not wait for those under
 * load.
 */
const OF_SELDOM_ROUTES = { perSecond: 300, atOnce: 3000 }
const SELDOM_MS = 2000
/** Routes, statements and the text of statements that are remembered; what is too much for it is always in full. */
const ROUTES = 1000
const STATEMENTS = 20_000
const CHARACTERS = 4 * 1024 * 1024
/** A path with stars can lead to as many routes. */
const ROUTES_OF_SHAPE = 50
/** Results are told apart by their size from here on: 100, 1,000, 10,000 rows. */
const FEW_ROWS = 100

const ALL_OF_ONE_TRACE = { surprisesBefore: 0, truncated: 0 }

export interface KnownStatement {
  /** Position among those of its route. */
  readonly number: number
  readonly key: string
  /** Nothing that an application works with: BEGIN, SET. */
  readonly isControl: boolean
  /** The most sendings in one trace in full. */
  most: number
  /** The largest result, as a power of ten. */
  size: number
  slow: boolean
}

interface RouteHistory {
  name: string
  statements: KnownStatement[]
  /** By the text as it is sent, which is found quickly, and by the fingerprint. */
  byText: Map<string, KnownStatement>
  byKey: Map<string, KnownStatement>
  mostQueries: number
  traces: number
  /** Traces in a row that have shown nothing new. */
  calm: number
  /** Surprises of all routes until its last one; 0 while there was none. A trace that began before it does not calm the route. */
  surprisedAt: number
  /** Traces that were only counted since the last one in full. */
  counted: number
  /** When the last trace in full began or, if that is later, was learned. */
  inFullMs: number
  /** Changes tables, so that what is known of them has to be read again after each of its traces. */
  changesTables: boolean
}

/** The queries that a trace is expected to send, as long as it does send them. */
export interface Expectation {
  /** Queries counted, those that control a transaction among them. */
  readonly queries: number
  readonly control: number
  /** Counts a sending; `undefined` when it is one that was not to be expected. */
  count(sql: string): KnownStatement | undefined
  /** Whether the result is like those before it. */
  isUsual(statement: KnownStatement, durationMs: number, rows: number): boolean
  /** Whether all that was counted is to be expected of the route that the trace has turned out to be on. */
  fits(name: string): boolean
}

/** The expected properties of a trace other than its queries. */
interface TraceFacts {
  /** The number of surprises when it began. */
  surprisesBefore: number
  /** Queries that were sent and not kept. */
  truncated: number
}

export interface KnownRoutes {
  /** Traces so far, of any route, that have sent something unexpected. */
  readonly surprises: number
  /**
   * The expectation for a new trace, or `undefined` when it is to be fully captured. `shape` is the known part of its name:
   * for a request the path, with a star for each part that may be a value.
   */
  expect(shape: string): Expectation | undefined
  /** Whether a trace of this shape has been of this route before. */
  hasLedTo(shape: string, name: string): boolean
  /** A trace was captured: in full, or from some query on, and `counted` are its queries before that. */
  learn(
    shape: string,
    name: string,
    queries: readonly Query[],
    counted: Expectation | undefined,
    facts?: TraceFacts,
  ): void
}

/** `slowMs`: a query that takes longer is worth a look. */
export function knownRoutes(slowMs: number, now: () => number = realNow): KnownRoutes {
  const routes = new Map<string, RouteHistory>()
  const shapes = new Map<string, Set<RouteHistory>>()
  const mayBeBusy = captureBudget(OF_BUSY_ROUTES, now())
  const mayBeSeldom = captureBudget(OF_SELDOM_ROUTES, now())
  let surprises = 0
  let statements = 0
  let characters = 0

  const find = (route: RouteHistory, sql: string): KnownStatement | undefined => {
    const known = route.byText.get(sql)
    if (known) return known
    const statement = route.byKey.get(fingerprint(sql).key)
    if (statement) rememberText(route, sql, statement)
    return statement
  }
  const rememberText = (route: RouteHistory, sql: string, statement: KnownStatement) => {
    if (statements >= STATEMENTS || characters + sql.length > CHARACTERS) return
    statements++
    characters += sql.length
    route.byText.set(sql, statement)
  }

  const surprise = (route: RouteHistory) => {
    route.calm = 0
    route.surprisedAt = ++surprises
  }

  class RouteExpectation implements Expectation {
    queries = 0
    control = 0
    route: RouteHistory
    counts: number[] = []

    constructor(route: RouteHistory) {
      this.route = route
    }

    count(sql: string): KnownStatement | undefined {
      const { route } = this
      const statement = find(route, sql)
      if (statement === undefined) return this.surprise()
      const count = (this.counts[statement.number] ?? 0) + 1
      if (count > statement.most || this.queries >= route.mostQueries) return this.surprise()
      this.counts[statement.number] = count
      this.queries++
      if (statement.isControl) this.control++
      return statement
    }

    isUsual(statement: KnownStatement, durationMs: number, rows: number): boolean {
      if ((durationMs <= slowMs || statement.slow) && (rows < FEW_ROWS || sizeOf(rows) <= statement.size)) {
        return true
      }
      this.surprise()
      return false
    }

    fits(name: string): boolean {
      if (name === this.route.name) return true
      const other = routes.get(name)
      if (!other || !isSettled(other)) return false
      const counts: number[] = []
      for (const { number, key } of this.route.statements) {
        const count = this.counts[number] ?? 0
        if (count === 0) continue
        const statement = other.byKey.get(key)
        if (!statement || count > statement.most) return this.isNewOf(other)
        counts[statement.number] = count
      }
      if (this.queries > other.mostQueries) return this.isNewOf(other)
      this.route = other
      this.counts = counts
      return true
    }

    surprise(): undefined {
      surprise(this.route)
    }

    isNewOf(route: RouteHistory): false {
      surprise(route)
      return false
    }
  }

  const routeOf = (name: string): RouteHistory | undefined => {
    const known = routes.get(name)
    if (known || routes.size >= ROUTES) return known
    const route: RouteHistory = {
      name,
      statements: [],
      byText: new Map(),
      byKey: new Map(),
      mostQueries: 0,
      traces: 0,
      calm: 0,
      surprisedAt: 0,
      counted: 0,
      inFullMs: 0,
      changesTables: false,
    }
    routes.set(name, route)
    return route
  }

  return {
    get surprises() {
      return surprises
    },
    expect(shape) {
      const route = likeliest(shapes.get(shape))
      if (!route) return undefined
      const timeMs = now()
      const queries = route.mostQueries + QUERIES_OF_TRACE
      if (
        route.counted >= ONE_OF - 1 ||
        (timeMs - route.inFullMs >= SELDOM_MS && mayBeSeldom(queries, timeMs)) ||
        mayBeBusy(queries, timeMs)
      ) {
        route.counted = 0
        route.inFullMs = timeMs
        return undefined
      }
      route.counted++
      return new RouteExpectation(route)
    },
    hasLedTo(shape, name) {
      const route = routes.get(name)
      return route !== undefined && shapes.get(shape)?.has(route) === true
    },
    learn(shape, name, queries, counted, { surprisesBefore, truncated } = ALL_OF_ONE_TRACE) {
      const route = routeOf(name)
      if (!route) return
      rememberShape(shapes, shape, route)
      if (counted) {
        // The route it was expected on was surprised at that moment.
        if (!(counted instanceof RouteExpectation) || counted.route !== route) surprise(route)
        return
      }
      let isNew = false
      const counts = new Map<KnownStatement, number>()
      for (const { sql, rows = 0, durationMs = 0 } of queries) {
        let statement = find(route, sql)
        if (!statement) {
          isNew = true
          // Nothing is expected of a route whose statements cannot be remembered.
          if (statements >= STATEMENTS || characters + sql.length > CHARACTERS) continue
          statement = addStatement(route, sql)
          rememberText(route, sql, statement)
        }
        counts.set(statement, (counts.get(statement) ?? 0) + 1)
        if (rows >= FEW_ROWS && sizeOf(rows) > statement.size) {
          isNew = true
          statement.size = sizeOf(rows)
        }
        if (durationMs > slowMs && !statement.slow) {
          isNew = true
          statement.slow = true
        }
      }
      for (const [statement, count] of counts) {
        // Each of those that were not kept may have been one of it.
        if (count + truncated <= statement.most) continue
        isNew = true
        statement.most = count + truncated
      }
      const total = queries.length + truncated
      if (total > route.mostQueries) {
        isNew = true
        route.mostQueries = total
      }
      route.traces++
      route.inFullMs = now()
      if (isNew) route.calm = 0
      else if (surprisesBefore >= route.surprisedAt) route.calm++
    },
  }
}

function isSettled({ traces, calm, changesTables }: RouteHistory): boolean {
  return !changesTables && traces >= FIRST_TRACES && calm >= CALM_TRACES
}

/** The last one met, if all that the shape has led to are known: the first traces of a route are not to be taken for another's. */
function likeliest(routes: Set<RouteHistory> | undefined): RouteHistory | undefined {
  if (!routes || routes.size > ROUTES_OF_SHAPE) return undefined
  let last: RouteHistory | undefined
  for (const route of routes) {
    if (!isSettled(route)) return undefined
    last = route
  }
  return last
}

function rememberShape(shapes: Map<string, Set<RouteHistory>>, shape: string, route: RouteHistory): void {
  const known = shapes.get(shape)
  if (known) {
    if (known.size <= ROUTES_OF_SHAPE) known.add(route)
  } else if (shapes.size < ROUTES) shapes.set(shape, new Set([route]))
}

function addStatement(route: RouteHistory, sql: string): KnownStatement {
  const { key, kind } = fingerprint(sql)
  const statement: KnownStatement = {
    number: route.statements.length,
    key,
    isControl: kind === 'transaction' || kind === 'set',
    most: 0,
    size: 0,
    slow: false,
  }
  route.statements.push(statement)
  if (kind === 'ddl') route.changesTables = true
  route.byKey.set(key, statement)
  return statement
}

function sizeOf(rows: number): number {
  return Math.floor(Math.log10(rows))
}
