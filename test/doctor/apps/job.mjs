// A job that ends by itself, with a trace of its own.
import pg from 'pg'
import { defaultProfiler } from 'pg-loupe'
import { profilePool } from 'pg-loupe/pg'

const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL }))
const retitle = async () => {
  const { rows } = await pool.query('select id from books')
  for (const { id } of rows) await pool.query('update books set title = title where id = $1', [id])
}
await defaultProfiler().trace('retitle', retitle)
await pool.end()
