// The tree of categories.
import { eq, isNull } from 'drizzle-orm'
import { Router } from 'express'
import type { Pool } from 'pg'
import { type Database, categories as table } from '../schema.ts'

const MOST_CATEGORIES = 1000

interface Category {
  id: number
  name: string
}

interface Branch extends Category {
  children: Branch[]
}

export function categories(db: Database, pool: Pool): Router {
  const router = Router()
  const columns = { id: table.id, name: table.name }

  async function branch({ id, name }: Category): Promise<Branch> {
    const below = await db
      .select(columns)
      .from(table)
      .where(eq(table.parentId, id))
      .orderBy(table.id)
      .limit(100) // mistake: n-plus-one
    const children: Branch[] = []
    for (const category of below) children.push(await branch(category))
    return { id, name, children }
  }

  router.get('/tree', async (_request, response) => {
    const roots = await db
      .select(columns)
      .from(table)
      .where(isNull(table.parentId))
      .orderBy(table.id)
      .limit(100)
    const tree: Branch[] = []
    for (const root of roots) tree.push(await branch(root))
    response.json(tree)
  })

  router.get('/tree/fixed', async (_request, response) => {
    const { rows } = await pool.query<Category & { parent: number | null }>(
      'select id, name, parent_id as parent from categories order by id limit $1',
      [MOST_CATEGORIES],
    )
    const branches = new Map<number | null, Branch>(
      rows.map(({ id, name }) => [id, { id, name, children: [] }]),
    )
    const root: Branch = { id: 0, name: 'all', children: [] }
    for (const { id, parent } of rows) {
      const above = parent === null ? root : branches.get(parent)
      const category = branches.get(id)
      if (above && category) above.children.push(category)
    }
    response.json(root.children)
  })

  return router
}
