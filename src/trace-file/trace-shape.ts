// The shape of a line of a trace file, version 1, as in `schema/trace-v1.json`. All fields except the version and the
// statements may be missing, null counts as missing, and unknown fields are allowed.
import * as v from 'valibot'

const number = v.number('a number')
const text = v.string('text')
const position = v.pipe(number, v.safeInteger('a position'), v.minValue(0, 'a position'))
/** Other tools list the results of several statements in one text. */
const rows = v.union(
  [
    v.number(),
    v.pipe(
      v.array(v.nullable(v.number())),
      v.transform((counts) => counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)),
    ),
  ],
  'a number or a list of numbers',
)
const list = <Item extends v.GenericSchema>(item: Item) => v.array(item, 'a list')
const shape = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(v.custom<object>(isObject, 'an object'), v.transform(withoutNulls), v.object(entries))

/** Without those it says nothing, and is left out. */
const listOf = <Entries extends v.ObjectEntries>(entries: Entries, needed: readonly (keyof Entries)[]) =>
  v.pipe(
    list(shape(entries)),
    v.transform((items) =>
      items.filter((item) =>
        needed.every((name) => (item as Record<keyof Entries, unknown>)[name] !== undefined),
      ),
    ),
  )

const frame = {
  file: v.optional(text),
  /** 0 where it is not known. */
  line: v.optional(number, 0),
  column: v.optional(number),
  function: v.optional(text),
}

const query = shape({
  sql: text,
  sqlLength: v.optional(number),
  params: v.optional(v.array(v.unknown(), 'a list')),
  limit: v.optional(number),
  offset: v.optional(number),
  valueHashes: v.optional(list(v.union([v.string(), v.array(v.string())], 'a hash or a list of hashes'))),
  startMs: v.optional(number),
  durationMs: v.optional(number),
  waitMs: v.optional(number),
  rows: v.optional(rows),
  bytes: v.optional(number),
  inPortions: v.optional(v.boolean('true or false')),
  resultHash: v.optional(text),
  columns: v.optional(
    listOf(
      {
        name: v.optional(text),
        table: v.optional(text),
        tableId: v.optional(number),
        columnId: v.optional(number),
      },
      ['name'],
    ),
  ),
  bound: v.optional(
    shape({
      rows: v.optional(number),
      nested: v.optional(number),
      reason: v.optional(text, ''),
      table: v.optional(text),
      tableRows: v.optional(number),
      key: v.optional(list(text)),
      findsOneRow: v.optional(v.boolean('true or false')),
    }),
  ),
  effects: v.optional(
    shape({
      reads: v.optional(list(text)),
      readsAnything: v.optional(v.boolean('true or false')),
      writes: v.optional(list(text)),
      writesAnything: v.optional(v.boolean('true or false')),
    }),
  ),
  via: v.optional(text),
  tables: v.optional(list(text)),
  afterResponse: v.optional(v.boolean('true or false')),
  connection: v.optional(number),
  transaction: v.optional(number),
  prepared: v.optional(text),
  error: v.optional(text),
  callSite: v.optional(listOf(frame, ['file'])),
  runningFrames: v.optional(position),
  callersUnknown: v.optional(v.boolean('true or false')),
  builtAt: v.optional(shape(frame)),
  source: v.optional(
    shape({
      expression: v.optional(text),
      result: v.optional(v.picklist(['unused', 'rows', 'used'], 'unused, rows or used'), 'used'),
      isTyped: v.optional(v.boolean('true or false'), false),
      modules: v.optional(v.picklist(['import', 'require'], 'import or require'), 'import'),
      imported: v.optional(list(text), []),
      taken: v.optional(list(text), []),
      loop: v.optional(
        shape({
          over: v.optional(text),
          isArray: v.optional(v.boolean('true or false'), false),
          each: v.optional(text),
          names: v.optional(list(text), []),
          expression: v.optional(text),
          isConditional: v.optional(v.boolean('true or false'), true),
          mayAwait: v.optional(v.boolean('true or false'), false),
          isNested: v.optional(v.boolean('true or false'), false),
        }),
      ),
    }),
  ),
  flow: v.optional(
    listOf(
      {
        param: v.optional(position),
        query: v.optional(position),
        column: v.optional(text),
        table: v.optional(text),
        rows: v.optional(number),
        chance: v.optional(number),
      },
      ['param', 'query', 'column'],
    ),
  ),
  usage: v.optional(
    shape({
      read: v.optional(list(text), []),
      serialized: v.optional(list(text), []),
      unread: v.optional(list(text), []),
      named: v.optional(list(text)),
      rowsTouched: v.optional(number),
      firstTouched: v.optional(number),
      rowsWatched: v.optional(number),
      unreadBytes: v.optional(v.record(v.string(), number, 'an object')),
    }),
  ),
  ignored: v.optional(
    listOf(
      {
        by: v.optional(v.picklist(['ignore', 'comment'], 'ignore or comment'), 'ignore'),
        reason: v.optional(text),
        detectors: v.optional(list(text)),
        until: v.optional(text),
      },
      ['reason'],
    ),
  ),
})

export const traceShape = shape({
  v: v.literal(1, 'version 1, the only one this pg-loupe reads'),
  id: v.optional(text),
  kind: v.optional(v.picklist(['http', 'test', 'job', 'script'], 'http, test, job or script')),
  name: v.optional(text),
  startedAt: v.optional(text),
  durationMs: v.optional(number),
  labels: v.optional(v.record(v.string(), v.pipe(v.unknown(), v.transform(String)), 'an object')),
  application: v.optional(shape({ include: v.optional(list(text)), exclude: v.optional(list(text)) })),
  truncated: v.optional(number),
  cut: v.optional(
    shape({ results: v.optional(number), statements: v.optional(number), values: v.optional(number) }),
  ),
  queries: list(query),
})

type ReadTrace = v.InferOutput<typeof traceShape>
export type ReadQuery = ReadTrace['queries'][number]

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withoutNulls(value: object): object {
  // Mostly there are none, and there may be millions of objects.
  for (const name in value) {
    if ((value as Record<string, unknown>)[name] !== null) continue
    return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
  }
  return value
}
