// The same loops and the same fixes, spread over files as applications are: repositories, loaders, trees, pages, errors,
// work after the response, transactions of tenants.
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { guilty, innocent } from '../visit.ts'
import { batchLoader, cachingLoader } from './loaders.ts'
import { OrderRepository, PostRepository } from './repositories.ts'

interface Category {
  id: number
  name: string
  children: Category[]
}

export function structure({ pool }: Connections): Router {
  const router = Router()
  const posts = new PostRepository(pool)
  const orders = new OrderRepository(pool)

  router.get('/repository', async (_request, response) => {
    const newest = await posts.newest(10)
    for (const post of newest) post.author = await posts.findAuthor(post.author_id)
    response.json(newest)
  })

  router.get('/repository/batched', async (_request, response) => {
    const newest = await posts.newest(10)
    const authors = await posts.findAuthors(newest.map((post) => post.author_id))
    response.json(newest.map((post) => ({ ...post, author: authors.get(post.author_id) })))
  })

  router.get('/service', async (_request, response) => {
    response.json(await orders.sheetsOfDay('2026-01-20'))
  })

  router.get('/service/joined', async (_request, response) => {
    response.json(await orders.sheetsOfDayAtOnce('2026-01-20'))
  })

  router.get('/three-finders', async (_request, response) => {
    const [lead, second, third] = await Promise.all([
      posts.findBySlug('post-40'),
      posts.findBySlug('post-41'),
      posts.findBySlug('post-42'),
    ])
    response.json({ lead, second, third })
  })

  router.get('/loader', async (_request, response) => {
    const load = batchLoader(pool)
    const newest = await posts.newest(12)
    response.json(
      await Promise.all(
        newest.map(async (post) => ({ title: post.title, author: await load(post.author_id) })),
      ),
    )
  })

  router.get('/loader-of-two-levels', async (_request, response) => {
    const load = batchLoader(pool)
    const [newest, older] = await Promise.all([posts.newest(6), posts.newest(9)])
    const first = await Promise.all(newest.map((post) => load(post.author_id)))
    const second = await Promise.all(older.map((post) => load(post.id)))
    response.json({ first, second })
  })

  router.get('/caching-loader', async (_request, response) => {
    const load = cachingLoader(pool)
    const newest = await posts.newest(11)
    response.json(
      await Promise.all(
        newest.map(async (post) => ({ title: post.title, author: await load(post.author_id) })),
      ),
    )
  })

  async function withChildren(id: number, name: string): Promise<Category> {
    // guilty: n-plus-one in GET /structure/tree
    // origin: id in GET /structure/tree
    const { rows } = await pool.query('select id, name from categories where parent_id = $1', [id])
    const children = await Promise.all(rows.map((row) => withChildren(row.id, row.name)))
    return { id, name, children }
  }

  router.get('/tree', async (_request, response) => {
    response.json(await withChildren(11, 'Category 11'))
  })

  router.get('/tree/recursive', async (_request, response) => {
    const { rows } = await pool.query(
      `with recursive tree as (
         select id, parent_id, name, 1 as level from categories where id = $1
         union all
         select c.id, c.parent_id, c.name, t.level + 1 from categories c join tree t on c.parent_id = t.id where t.level < 10
       ) select * from tree`,
      [11],
    )
    response.json(rows)
  })

  router.get('/tree/levels', async (_request, response) => {
    let level = [11]
    const all: number[] = []
    while (level.length > 0) {
      const { rows } = await pool.query('select id from categories where parent_id = any($1)', [level])
      level = rows.map((row) => row.id)
      all.push(...level)
    }
    response.json(all)
  })

  router.get('/breadcrumb', async (_request, response) => {
    const path: string[] = []
    let id: number | null = 371
    while (id !== null) {
      // guilty: n-plus-one
      // origin: parent_id
      const found: { rows: { name: string; parent_id: number | null }[] } = await pool.query(
        'select name, parent_id from categories where id = $1',
        [id],
      )
      path.unshift(found.rows[0]?.name ?? '')
      id = found.rows[0]?.parent_id ?? null
    }
    response.json(path)
  })

  router.get('/breadcrumb/recursive', async (_request, response) => {
    const { rows } = await pool.query(
      `with recursive path as (
         select id, parent_id, name, 0 as height from categories where id = $1
         union all
         select c.id, c.parent_id, c.name, p.height + 1 from categories c join path p on c.id = p.parent_id
       ) select name from path order by height desc limit 20`,
      [371],
    )
    response.json(rows.map((row) => row.name))
  })

  router.get('/page', async (_request, response) => {
    const [page, count] = await Promise.all([
      pool.query('select id, title from posts order by slug limit 20 offset 40'),
      pool.query('select count(*)::int as n from posts'),
    ])
    response.json({ rows: page.rows, count: count.rows[0].n })
  })

  router.get('/deep-page', async (request, response) => {
    const offset = Number(request.query.page) * 20
    // guilty: deep-offset
    const { rows } = await pool.query('select id, title from posts order by slug limit 20 offset $1', [
      offset,
    ])
    response.json(rows)
  })

  router.get('/all-pages', async (_request, response) => {
    let after = ''
    let count = 0
    for (;;) {
      const { rows } = await pool.query('select slug from posts where slug > $1 order by slug limit 200', [
        after,
      ])
      count += rows.length
      if (rows.length < 200) break
      after = rows[rows.length - 1].slug
    }
    response.json({ count })
  })

  router.get('/offset-pages', async (_request, response) => {
    const slugs: string[] = []
    for (let page = 0; page < 4; page++) {
      const { rows } = await pool.query('select slug from posts order by slug limit 50 offset $1', [
        page * 50,
      ])
      slugs.push(...rows.map((row) => row.slug))
    }
    response.json(slugs)
  })

  router.get('/page-with-loop', async (request, response) => {
    // origin: id
    const { rows } = await pool.query('select id, slug from posts where slug > $1 order by slug limit 10', [
      request.query.after,
    ])
    for (const post of rows) {
      // guilty: n-plus-one, proven
      const found = await pool.query('select max(written_at) as at from comments where post_id = $1', [
        post.id,
      ])
      post.discussedAt = found.rows[0].at
    }
    response.json(rows)
  })

  router.get('/page-with-loop/grouped', async (request, response) => {
    const { rows } = await pool.query(
      `select p.id, p.slug, max(c.written_at) as "discussedAt" from
         (select id, slug from posts where slug > $1 order by slug limit 10) p
       left join comments c on c.post_id = p.id group by p.id, p.slug order by p.slug`,
      [request.query.after],
    )
    response.json(rows)
  })

  router.get('/fails', async (_request, response) => {
    const { rows } = await pool.query('select id from posts order by slug limit 1')
    try {
      await pool.query('select * from no_such_table where id = $1', [rows[0].id])
    } catch (error) {
      response.status(500).json({ code: (error as { code?: string }).code })
    }
  })

  router.post('/unique-violation', async (_request, response) => {
    try {
      await pool.query(
        "insert into customers (name, email, country_code, bio, active) values ('x', $1, 'C1', '', true)",
        ['c5@example.com'],
      )
    } catch {
      const { rows } = await pool.query('select id, name from customers where email = $1', ['c5@example.com'])
      response.json(rows[0])
    }
  })

  router.get('/fails-in-a-loop', async (_request, response, next) => {
    try {
      // origin: author_id
      const { rows } = await pool.query('select id, author_id from posts order by title desc limit 9')
      for (const post of rows) {
        // guilty: n-plus-one, proven
        await pool.query('select name from authors where id = $1', [post.author_id])
      }
      throw new Error('the template is missing')
    } catch (error) {
      response.status(500).json({ error: (error as Error).message })
      next()
    }
  })

  router.post('/accepted', async (_request, response) => {
    response.sendStatus(202)
    // origin: author_id
    const { rows } = await pool.query('select id, author_id from posts order by slug desc limit 8')
    for (const post of rows) {
      // guilty: n-plus-one-write, proven
      await pool.query('update authors set bio = bio where id = $1', [post.author_id])
    }
  })

  router.post('/accepted/at-once', async (_request, response) => {
    response.sendStatus(202)
    const { rows } = await pool.query('select author_id from posts order by slug desc limit 8')
    await pool.query('update authors set bio = bio where id = any($1)', [rows.map((post) => post.author_id)])
  })

  router.get('/read-after-response', async (_request, response) => {
    response.json({ ok: true })
    // origin: id
    const { rows } = await pool.query('select id from posts order by slug limit 7')
    await Promise.all(
      // guilty: n-plus-one, proven
      rows.map((post) => pool.query('select count(*) from comments where post_id = $1', [post.id])),
    )
  })

  router.get('/audited', async (_request, response) => {
    const { rows } = await pool.query('select id, title from posts order by slug limit 5')
    response.json(rows)
    void pool.query('insert into audit_log (actor, action, entity) values ($1, $2, $3)', [
      'ann',
      'listed',
      'posts',
    ])
  })

  // Each tenant in a transaction of its own, as row-level security demands.
  router.get('/tenants', async (_request, response) => {
    const counts = []
    for (const tenant of ['1', '2', '3', '4']) {
      const client = await pool.connect()
      await client.query('begin')
      await client.query("select set_config('app.tenant', $1, true)", [tenant])
      const { rows } = await client.query('select count(*)::int as n from tenant_documents')
      await client.query('commit')
      client.release()
      counts.push(rows[0].n)
    }
    response.json(counts)
  })

  async function asTenant<T>(
    tenant: string,
    work: (query: (sql: string, values?: unknown[]) => Promise<T[]>) => Promise<unknown>,
  ) {
    const client = await pool.connect()
    try {
      await client.query('begin')
      await client.query(`set local app.tenant = '${tenant}'`)
      // guilty: n-plus-one, proven in GET /structure/tenant-loop
      // origin: id in GET /structure/tenant-loop
      const result = await work(async (sql, values) => (await client.query(sql, values)).rows)
      await client.query('commit')
      return result
    } finally {
      client.release()
    }
  }

  router.get('/tenant-page', async (_request, response) => {
    const page = await asTenant('6', (query) =>
      query('select id, title from tenant_documents order by title, id limit $1', [20]),
    )
    const count = await asTenant('6', (query) => query('select count(*)::int as n from tenant_documents'))
    response.json({ page, count })
  })

  router.get('/tenant-loop', async (_request, response) => {
    const list = await asTenant<{ id: string; title: string }>('7', async (query) => {
      // origin: id
      const page = await query('select id, title from tenant_documents order by title, id limit 8')
      const links = []
      for (const document of page) {
        // guilty: n-plus-one, proven
        links.push(await query('select target from links where document_id = $1 limit 3', [document.id]))
      }
      return links
    })
    response.json(list)
  })

  router.get('/tenant-loop/batched', async (_request, response) => {
    const list = await asTenant<{ id: string; title: string }>('7', async (query) => {
      const page = await query('select id, title from tenant_documents order by title, id limit 8')
      return query('select document_id, target from links where document_id = any($1)', [
        page.map(({ id }) => id),
      ])
    })
    response.json(list)
  })

  router.get('/many-at-once', async (_request, response) => {
    const { rows } = await pool.query('select id, title from posts order by slug limit 5 offset 5')
    const comments = await pool.query('select post_id, body from comments where post_id = any($1)', [
      rows.map((row) => row.id),
    ])
    response.json({ rows, comments: comments.rows })
  })

  router.get('/loop-at-once', async (_request, response) => {
    // origin: author_id
    const { rows } = await pool.query('select id, author_id from posts order by slug limit 5 offset 15')
    for (const post of rows) {
      // guilty: n-plus-one, proven
      const found = await pool.query('select name from authors where id = $1', [post.author_id])
      post.author = found.rows[0].name
    }
    response.json(rows)
  })

  return router
}

export const visits = [
  guilty('GET /structure/repository', 'GET /structure/repository/batched'),
  innocent('GET /structure/repository/batched'),
  guilty('GET /structure/service', 'GET /structure/service/joined'),
  innocent('GET /structure/service/joined'),
  innocent('GET /structure/three-finders'),
  innocent('GET /structure/loader'),
  innocent('GET /structure/loader-of-two-levels'),
  guilty('GET /structure/caching-loader', 'GET /structure/loader'),
  guilty('GET /structure/tree', 'GET /structure/tree/recursive'),
  innocent('GET /structure/tree/recursive'),
  innocent('GET /structure/tree/levels'),
  guilty('GET /structure/breadcrumb', 'GET /structure/breadcrumb/recursive'),
  innocent('GET /structure/breadcrumb/recursive'),
  innocent('GET /structure/page'),
  guilty('GET /structure/deep-page', 'GET /structure/page', { path: '/structure/deep-page?page=60' }),
  innocent('GET /structure/all-pages'),
  innocent('GET /structure/offset-pages'),
  guilty('GET /structure/page-with-loop', 'GET /structure/page-with-loop/grouped', {
    path: '/structure/page-with-loop?after=post-3',
  }),
  innocent('GET /structure/page-with-loop/grouped', {
    path: '/structure/page-with-loop/grouped?after=post-3',
  }),
  innocent('GET /structure/fails'),
  innocent('POST /structure/unique-violation'),
  guilty('GET /structure/fails-in-a-loop', 'GET /lists/promise-all/batched'),
  guilty('POST /structure/accepted', 'POST /structure/accepted/at-once'),
  innocent('POST /structure/accepted/at-once'),
  guilty('GET /structure/read-after-response', 'GET /structure/many-at-once'),
  innocent('GET /structure/audited'),
  innocent('GET /structure/tenants'),
  innocent('GET /structure/tenant-page'),
  guilty('GET /structure/tenant-loop', 'GET /structure/tenant-loop/batched'),
  innocent('GET /structure/tenant-loop/batched'),
  innocent('GET /structure/many-at-once', { atOnce: true, times: 12 }),
  guilty('GET /structure/loop-at-once', 'GET /structure/many-at-once', { atOnce: true, times: 12 }),
]
