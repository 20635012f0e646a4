// An application's own layer over its pool: the line that matters is that of whoever calls it.
import type pg from 'pg'

export const layerFile = import.meta.filename

export async function askOne(pool: pg.Pool): Promise<unknown> {
  const { rows } = await pool.query('select 1')
  return rows
}
