// Loaders as GraphQL servers have them: one collects what is asked for in a turn, the other only remembers.
import type { Pool } from 'pg'

type Load = (id: string) => Promise<string | undefined>

export function batchLoader(pool: Pool): Load {
  let waiting = new Map<string, Promise<string | undefined>>()
  let batch: Promise<Map<string, string>> | undefined

  async function send() {
    await new Promise((resolve) => setImmediate(resolve))
    const ids = [...waiting.keys()]
    waiting = new Map()
    batch = undefined
    const { rows } = await pool.query('select id, name from authors where id = any($1)', [ids])
    return new Map(rows.map((author) => [author.id, author.name]))
  }

  return (id) => {
    const known = waiting.get(id)
    if (known) return known
    batch ??= send()
    const asked = batch.then((names) => names.get(id))
    waiting.set(id, asked)
    return asked
  }
}

export function cachingLoader(pool: Pool): Load {
  const known = new Map<string, Promise<string>>()
  return (id) => {
    const before = known.get(id)
    if (before !== undefined) return before
    const asked = pool
      // guilty: n-plus-one, proven in GET /structure/caching-loader
      .query('select name from authors where id = $1', [id])
      .then(({ rows }) => rows[0].name as string)
    known.set(id, asked)
    return asked
  }
}
