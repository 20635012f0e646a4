// An application with OpenTelemetry and without any code of the profiler, which is loaded before or after it.
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { context, trace: tracing } = require('@opentelemetry/api')
const { PgInstrumentation } = require('@opentelemetry/instrumentation-pg')
const {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} = require('@opentelemetry/sdk-trace-base')
const http = require('node:http')

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
tracing.setGlobalTracerProvider(provider)
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
new PgInstrumentation().setTracerProvider(provider)
if (process.argv[2] === 'opentelemetry first') require('../../dist/adapters/register/index.js')

const pg = require('pg')
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
const server = http.createServer(async (request, response) => {
  const asked = request.url.slice(1)
  await pool.query(`select 1 as a /* ${asked} */`)
  const client = await pool.connect()
  await client.query(`select 2 as b /* ${asked} */`)
  client.release()
  const own = new pg.Client(process.env.DATABASE_URL)
  await own.connect()
  await own.query(`select 3 as c /* ${asked} */`)
  await own.end()
  response.end()
})
server.listen(0, '127.0.0.1', async () => {
  const visit = (name) => fetch(`http://127.0.0.1:${server.address().port}/${name}`)
  await Promise.all(['ant', 'bee', 'cat', 'dog', 'eel'].map(visit))
  server.close()
  await pool.end()
  const queries = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('pg.query'))
  process.stdout.write(String(queries.length))
})
