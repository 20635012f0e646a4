// An application's own layer over its pool: the reported line must be that of the layer's caller.
import type pg from 'pg'

export const layerFile = import.meta.filename

export async function askOne(pool: pg.Pool): Promise<unknown> {
  const { rows } = await pool.query('select 1')
  return rows
}
