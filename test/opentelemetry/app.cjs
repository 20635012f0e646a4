// An application that sends queries in many forms with OpenTelemetry, the profiler or both, and prints what each has
// seen. In a process of its own, because instrumenting pg is for good.
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { context, trace: tracing } = require('@opentelemetry/api')
const { PgInstrumentation } = require('@opentelemetry/instrumentation-pg')
const {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} = require('@opentelemetry/sdk-trace-base')
const { createProfiler } = require('../../dist/src/index.js')
const { profilePool, unprofilePool } = require('../../dist/adapters/pg/index.js')

const [mode, connectionString, options = '{}'] = process.argv.slice(2)
const REQUESTS = 20

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
tracing.setGlobalTracerProvider(provider)
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const tracer = tracing.getTracer('application')
const profiler = createProfiler({ enabled: mode !== 'opentelemetry alone', console: 'off' })

let instrumentation
const instrument = () => {
  instrumentation = new PgInstrumentation({ requireParentSpan: true, ...JSON.parse(options) })
  instrumentation.setTracerProvider(provider)
  instrumentation.enable()
  // A module that is already loaded is patched when it is required again.
  require('pg')
  require('pg-pool')
}
const makePool = () => profilePool(new (require('pg').Pool)({ connectionString, max: 2 }), profiler)

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})

async function main() {
  const isFirst = mode !== 'profiler first'
  if (isFirst) instrument()
  const pool = makePool()
  if (!isFirst) instrument()

  const recorded = {}
  const results = await Promise.all(
    Array.from({ length: REQUESTS }, (_, number) => {
      const mark = `request-${number}`
      return tracer.startActiveSpan(mark, async (span) => {
        const trace = profiler.startTrace({ kind: 'http', name: mark })
        const result = await trace.run(() => serve(pool, mark))
        span.end()
        trace.end()
        await trace.settled()
        recorded[mark] = trace.queries.map(({ sql, rows, error, bytes }) => ({ sql, rows, error, bytes }))
        return result
      })
    }),
  )

  unprofilePool(pool)
  const after = await pool.query('select 1 as after')
  instrumentation.disable()
  const last = await pool.query('select 1 as last')
  await pool.end()

  process.stdout.write(
    JSON.stringify({
      results,
      recorded,
      spans: spans(),
      undone: [after.rows, last.rows],
      own: ownMethods(pool),
    }),
  )
}

async function serve(pool, mark) {
  const results = []
  const note = (result) => results.push(result.rows ?? result.code ?? String(result))
  note(await pool.query(`select 1 as a /* ${mark} */`))
  note(await pool.query({ text: `select $1::int as b /* ${mark} */`, values: [2] }))
  note(
    await new Promise((resolve) =>
      pool.query(`select 3 as c /* ${mark} */`, (_error, result) => resolve(result)),
    ),
  )
  note(await pool.query(`select nope /* ${mark} */`).catch((error) => error))
  const client = await pool.connect()
  note(await client.query(`select 4 as d /* ${mark} */`))
  note(
    await new Promise((resolve) =>
      client.query(`select 5 as e /* ${mark} */`, (_error, result) => resolve(result)),
    ),
  )
  note(
    await new Promise((callback) =>
      client.query({ text: `select 6 as f /* ${mark} */`, callback: (_e, r) => callback(r) }),
    ),
  )
  client.release()
  return results
}

/** Name, statement and the name of the parent of each span of pg. */
function spans() {
  const finished = exporter.getFinishedSpans()
  const names = new Map(finished.map((span) => [span.spanContext().spanId, span.name]))
  return finished
    .filter(({ name }) => name.startsWith('pg.query'))
    .map((span) => {
      const statement = span.attributes['db.statement'] ?? span.attributes['db.query.text']
      return `${span.name} ${statement} in ${names.get(span.parentSpanContext?.spanId)} status ${span.status.code}`
    })
    .sort()
}

function ownMethods(pool) {
  return ['query', 'connect'].filter((name) => Object.hasOwn(pool, name))
}
