// A worker thread that is terminated while it answers a request, after its first query.
import { once } from 'node:events'
import http from 'node:http'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url))
  await once(worker, 'message')
  await worker.terminate()
} else {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
  const server = http.createServer(async () => {
    await pool.query('select id from books')
    parentPort.postMessage('asked')
  })
  server.listen(0, '127.0.0.1', () => fetch(`http://127.0.0.1:${server.address().port}`))
}
