// Does the pieces of work it is told to, each in a trace of its own, in one of the ways a process can come to its end:
// `node work.mjs books authors worker:books child:books open:books untraced kill`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import { defaultProfiler } from 'pg-loupe'
import { profilePool } from 'pg-loupe/pg'

const script = new URL(import.meta.url)
const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 }))

async function listBooks() {
  const { rows } = await pool.query('select id, author_id from books order by id')
  for (const row of rows) {
    await pool.query('select name from authors where id = $1', [row.author_id]) // loop
  }
}

const pieces = {
  books: listBooks,
  authors: () => pool.query('select count(*) from authors'),
}

const ways = {
  worker: (piece) => once(new Worker(script, { argv: [piece] }), 'exit'),
  child: (piece) => once(spawn(process.execPath, [script.pathname, piece], { stdio: 'inherit' }), 'exit'),
  // Never ends: it is open when the process exits.
  open: async (piece) => {
    const profiler = defaultProfiler()
    const trace = profiler.startTrace({ kind: 'job', name: `open ${piece}` })
    await trace.run(pieces[piece])
  },
  untraced: () => pool.query('select 1'),
  kill: () => process.kill(process.pid, 'SIGKILL'),
}

for (const work of process.argv.slice(2)) {
  const [way, piece] = work.split(':')
  if (ways[way]) await ways[way](piece)
  else {
    await defaultProfiler().trace(way, pieces[way])
    await defaultProfiler().settled()
  }
}
await pool.end()
