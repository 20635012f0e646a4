// The variants that are measured side by side. Each variant shows how an application would use it. A package given by path on
// the command line exports the same `setUp`. The file is plain JavaScript on the built package, so that the published code is
// measured.
import { createRequire } from 'node:module'

/**
 * `setUp` is called before pg and Express are loaded. It returns an object with optional parts: `pool(pool)` and
 * `drizzle(db)` return the profiled object, `middleware` is added before the routes, and `run(work)` runs work outside of
 * requests.
 */
export const variants = {
  bare: {},
  'AsyncLocalStorage alone': { setUp: asyncLocalStorageAlone },
  'cls-hooked alone': { setUp: clsHookedAlone },
  'pg-loupe': { setUp: () => loupe({}) },
  'pg-loupe without a console': { setUp: () => loupe({ console: 'off' }) },
  'pg-loupe in full': { setUp: () => loupe({ capture: 'full' }) },
  'pg-loupe with work outside of requests': { setUp: () => loupe({ collectUntraced: true }) },
  'pg-loupe with cls-hooked': { setUp: loupeWithClsHooked },
  'pg-loupe in production': { env: { NODE_ENV: 'production' }, setUp: () => loupe({ enabled: true }) },
  'pg-loupe off': { setUp: () => loupe({ enabled: false }) },
  OpenTelemetry: { setUp: openTelemetry },
}

async function asyncLocalStorageAlone() {
  const { AsyncLocalStorage } = await import('node:async_hooks')
  const storage = new AsyncLocalStorage()
  return {
    // The store is read once per query, which is the minimum for any tool that assigns queries to requests.
    pool: (pool) => readBefore(pool, () => storage.getStore()),
    middleware: (_request, _response, next) => storage.run({}, next),
    run: (work) => storage.run({}, work),
  }
}

async function clsHookedAlone() {
  const { createNamespace } = createRequire(import.meta.url)('cls-hooked')
  const namespace = createNamespace('application')
  return {
    pool: (pool) => readBefore(pool, () => namespace.active),
    middleware: (_request, _response, next) => namespace.run(() => next()),
    run: (work) => namespace.runAndReturn(work),
  }
}

function readBefore(pool, read) {
  const { query } = pool
  pool.query = function (...args) {
    read()
    return query.apply(this, args)
  }
  return pool
}

async function loupe(options) {
  const [{ createProfiler }, { profilePool }, { profileRequests }, { profileDrizzle }] = await Promise.all([
    import('../../dist/src/index.js'),
    import('../../dist/adapters/pg/index.js'),
    import('../../dist/adapters/express/index.js'),
    import('../../dist/adapters/drizzle/index.js'),
  ])
  const profiler = createProfiler(options)
  return {
    pool: (pool) => profilePool(pool, profiler),
    drizzle: (db) => profileDrizzle(db, profiler),
    middleware: profileRequests(profiler),
    run: (work) => profiler.trace('in place', work),
  }
}

async function loupeWithClsHooked() {
  const { createNamespace } = createRequire(import.meta.url)('cls-hooked')
  const { clsHookedContext } = await import('../../dist/adapters/cls-hooked.js')
  return loupe({ context: clsHookedContext(createNamespace('application')) })
}

/** With a span for each request, as HTTP instrumentation would create one, and an exporter that discards everything. */
async function openTelemetry() {
  const require = createRequire(new URL('opentelemetry/package.json', import.meta.url))
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
  const { context, trace } = require('@opentelemetry/api')
  const { PgInstrumentation } = require('@opentelemetry/instrumentation-pg')
  const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base')
  const exporter = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {} }
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const instrumentation = new PgInstrumentation()
  instrumentation.setTracerProvider(provider)
  instrumentation.enable()
  const tracer = trace.getTracer('application')
  return {
    middleware: (_request, response, next) =>
      tracer.startActiveSpan('request', (span) => {
        response.once('finish', () => span.end())
        next()
      }),
    run: (work) =>
      tracer.startActiveSpan('in place', async (span) => {
        await work()
        span.end()
      }),
  }
}
