// Rows that change before a loop uses them: changed in place, nested in others, read from a stream.
import { Router } from 'express'
import Cursor from 'pg-cursor'
import QueryStream from 'pg-query-stream'
import type { Connections } from '../connections.ts'
import { guilty, innocent } from '../visit.ts'

class PostCard {
  readonly title: string
  readonly authorId: string
  author = ''

  constructor(row: { title: string; author_id: string }) {
    this.title = row.title
    this.authorId = row.author_id
  }
}

function camelCased(row: Record<string, unknown>): Record<string, unknown> {
  for (const key of Object.keys(row)) {
    const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    if (camel === key) continue
    row[camel] = row[key]
    delete row[key]
  }
  return row
}

export function rows({ pool, db }: Connections): Router {
  const router = Router()

  router.get('/camel-cased', async (_request, response) => {
    // origin: author_id
    const found = await pool.query('select id, author_id, title from posts order by slug desc limit 9')
    const posts = found.rows.map(camelCased)
    for (const post of posts) {
      // guilty: n-plus-one, proven
      const author = await pool.query('select name from authors where id = $1', [post.authorId])
      post.author = author.rows[0].name
    }
    response.json(posts)
  })

  router.get('/camel-cased/joined', async (_request, response) => {
    const found = await pool.query(
      `select p.id, p.title, p.author_id, a.name as author_name from posts p join authors a on a.id = p.author_id
       order by p.slug desc limit 9`,
    )
    response.json(found.rows.map(camelCased))
  })

  router.get('/deleted-key', async (_request, response) => {
    // origin: customer_id
    const { rows: orders } = await pool.query(
      'select id, customer_id, total_cents from orders order by total_cents desc, id limit 20',
    )
    const list = []
    for (const order of orders) {
      const id = order.customer_id
      delete order.customer_id
      // guilty: n-plus-one, proven
      const found = await pool.query('select name, email from customers where id = $1', [id])
      list.push({ ...order, customer: found.rows[0] })
    }
    response.json(list)
  })

  router.get('/deleted-key/joined', async (_request, response) => {
    const { rows: orders } = await pool.query(
      `select o.id, o.total_cents, c.name, c.email from orders o join customers c on c.id = o.customer_id
       order by o.total_cents desc, o.id limit 20`,
    )
    const list = orders.map(({ name, email, ...order }) => ({ ...order, customer: { name, email } }))
    response.json(list)
  })

  router.get('/overwritten', async (_request, response) => {
    // origin: author
    const { rows: posts } = await pool.query(
      "select slug, author_id as author from posts where slug like 'post-33%' order by slug",
    )
    for (const post of posts) {
      // guilty: n-plus-one, proven
      const found = await pool.query('select name from authors where id = $1', [post.author])
      post.author = found.rows[0].name
    }
    response.json(posts)
  })

  router.get('/overwritten-two', async (_request, response) => {
    // origin: author
    const { rows: posts } = await pool.query(
      "select slug, author_id as author from posts where slug in ('post-91', 'post-92')",
    )
    for (const post of posts) {
      // guilty: n-plus-one, proven
      const found = await pool.query('select name, country_code from authors where id = $1', [post.author])
      post.author = found.rows[0]
    }
    response.json(posts)
  })

  router.get('/overwritten/joined', async (_request, response) => {
    const { rows: posts } = await pool.query(
      `select p.slug, a.name as author from posts p join authors a on a.id = p.author_id
       where p.slug like 'post-33%' order by p.slug`,
    )
    for (const post of posts) post.author = post.author.toUpperCase()
    response.json(posts)
  })

  router.get('/class', async (_request, response) => {
    // origin: author_id
    const found = await pool.query('select title, author_id from posts order by title limit 8')
    const cards = found.rows.map((row) => new PostCard(row))
    await Promise.all(
      cards.map(async (card) => {
        // guilty: n-plus-one, proven
        const author = await pool.query('select name from authors where id = $1', [card.authorId])
        card.author = author.rows[0].name
      }),
    )
    response.json(cards)
  })

  router.get('/class/batched', async (_request, response) => {
    const found = await pool.query('select title, author_id from posts order by title limit 8')
    const cards = found.rows.map((row) => new PostCard(row))
    const authors = await pool.query('select id, name from authors where id = any($1)', [
      cards.map((card) => card.authorId),
    ])
    for (const card of cards) card.author = authors.rows.find((author) => author.id === card.authorId)?.name
    response.json(cards)
  })

  // Emptied by the loop that works it off.
  router.get('/spliced', async (_request, response) => {
    // origin: id
    const { rows: posts } = await pool.query('select id, title from posts order by published_at desc limit 8')
    const counts: Record<string, number> = {}
    while (posts.length > 0) {
      const [post] = posts.splice(0, 1)
      // guilty: n-plus-one, proven
      const found = await pool.query('select count(*)::int as n from comments where post_id = $1', [post.id])
      counts[post.title] = found.rows[0].n
    }
    response.json(counts)
  })

  router.get('/json-agg', async (_request, response) => {
    // origin: items
    const { rows: orders } = await pool.query(
      `select o.id, (select json_agg(json_build_object('product', i.product_id, 'quantity', i.quantity) order by i.id)
         from order_items i where i.order_id = o.id) as items
       from orders o where o.id between 2001 and 2006 order by o.id`,
    )
    const lines = []
    for (const order of orders) {
      for (const item of order.items) {
        // guilty: n-plus-one
        const product = await pool.query('select name, price_cents from products where id = $1', [
          item.product,
        ])
        lines.push({ order: order.id, quantity: item.quantity, ...product.rows[0] })
      }
    }
    response.json(lines)
  })

  router.get('/json-agg/complete', async (_request, response) => {
    const { rows: orders } = await pool.query(
      `select o.id, (select json_agg(json_build_object('product', p.name, 'price', p.price_cents, 'quantity', i.quantity))
         from order_items i join products p on p.id = i.product_id where i.order_id = o.id) as items
       from orders o where o.id between 2001 and 2006 order by o.id`,
    )
    response.json(orders)
  })

  router.get('/relations', async (_request, response) => {
    // origin: comments
    const posts = await db.query.posts.findMany({
      columns: { title: true },
      with: { comments: { limit: 4, columns: { body: true, authorId: true } } },
      limit: 5,
    })
    const list = []
    for (const post of posts) {
      for (const comment of post.comments) {
        // guilty: n-plus-one, proven
        const author = await pool.query('select name from authors where id = $1', [comment.authorId])
        list.push({ title: post.title, comment: comment.body, author: author.rows[0].name })
      }
    }
    response.json(list)
  })

  router.get('/relations/complete', async (_request, response) => {
    const posts = await db.query.posts.findMany({
      columns: { title: true },
      with: {
        comments: { limit: 4, columns: { body: true }, with: { author: { columns: { name: true } } } },
      },
      limit: 5,
    })
    response.json(posts)
  })

  router.get('/jsonb', async (_request, response) => {
    // origin: meta
    const { rows: posts } = await pool.query(
      "select title, meta from posts where slug in ('post-10', 'post-20', 'post-30')",
    )
    const list = []
    for (const post of posts) {
      for (const reviewer of post.meta.reviewers) {
        // guilty: n-plus-one
        const found = await pool.query('select name from authors where id = $1', [reviewer])
        list.push({ title: post.title, reviewer: found.rows[0].name })
      }
    }
    response.json(list)
  })

  router.get('/jsonb/batched', async (_request, response) => {
    const { rows: posts } = await pool.query(
      "select title, meta from posts where slug in ('post-10', 'post-20', 'post-30')",
    )
    const reviewers: string[] = posts.flatMap((post) => post.meta.reviewers)
    const { rows: authors } = await pool.query('select id, name from authors where id = any($1::uuid[])', [
      reviewers,
    ])
    response.json({ posts, authors })
  })

  router.get('/text-array', async (_request, response) => {
    // origin: tags
    const { rows: posts } = await pool.query("select title, tags from posts where slug = 'post-800'")
    const labels = await Promise.all(
      (posts[0].tags as string[]).map(async (tag) => {
        // guilty: n-plus-one
        const found = await pool.query('select label, color from tags where name = $1', [tag])
        return found.rows[0]
      }),
    )
    response.json({ title: posts[0].title, labels })
  })

  router.get('/text-array/at-once', async (_request, response) => {
    const { rows: posts } = await pool.query("select title, tags from posts where slug = 'post-800'")
    const { rows: labels } = await pool.query('select label, color from tags where name = any($1)', [
      posts[0].tags,
    ])
    response.json({ title: posts[0].title, labels })
  })

  router.get('/uuid-array', async (_request, response) => {
    // origin: related
    const { rows: posts } = await pool.query("select title, related from posts where slug = 'post-900'")
    const related = []
    for (const id of posts[0].related) {
      // guilty: n-plus-one
      const found = await pool.query('select slug, title from posts where id = $1', [id])
      related.push(found.rows[0])
    }
    response.json({ title: posts[0].title, related })
  })

  // Everything there is, as a file: read in portions, which is what the page of unbounded-select recommends.
  router.get('/export', async (_request, response) => {
    const client = await pool.connect()
    const cursor = client.query(new Cursor('select id, status, total_cents from orders order by id'))
    response.type('text/csv')
    for (;;) {
      const portion = await cursor.read(500)
      if (portion.length === 0) break
      response.write(portion.map((row) => `${row.id};${row.status};${row.total_cents}\n`).join(''))
    }
    await cursor.close()
    client.release()
    response.end()
  })

  router.get('/export-as-stream', async (_request, response) => {
    const client = await pool.connect()
    const stream = client.query(
      new QueryStream('select id, order_id, quantity from order_items', [], { batchSize: 1000 }),
    )
    let pieces = 0
    for await (const row of stream) pieces += row.quantity
    client.release()
    response.json({ pieces })
  })

  router.get('/export-with-authors', async (_request, response) => {
    const client = await pool.connect()
    const cursor = client.query(
      new Cursor('select title, author_id from posts where published_at < $1 order by slug', ['2026-01-10']),
    )
    const lines: string[] = []
    for (let portion = await cursor.read(40); portion.length > 0; portion = await cursor.read(40)) {
      const { rows: authors } = await pool.query('select id, name from authors where id = any($1)', [
        portion.map((row) => row.author_id),
      ])
      const names = new Map(authors.map((author) => [author.id, author.name]))
      lines.push(...portion.map((row) => `${row.title}: ${names.get(row.author_id)}`))
    }
    await cursor.close()
    client.release()
    response.json(lines)
  })

  router.get('/cursor-loop', async (_request, response) => {
    const client = await pool.connect()
    // origin: author_id
    const cursor = client.query(
      new Cursor('select title, author_id from posts where published_at < $1 order by slug', ['2026-01-03']),
    )
    const lines: string[] = []
    for (let portion = await cursor.read(10); portion.length > 0; portion = await cursor.read(10)) {
      for (const row of portion) {
        // guilty: n-plus-one
        const { rows: authors } = await pool.query('select name from authors where id = $1', [row.author_id])
        lines.push(`${row.title}: ${authors[0].name}`)
      }
    }
    await cursor.close()
    client.release()
    response.json(lines)
  })

  router.get('/stream-loop', async (_request, response) => {
    const client = await pool.connect()
    // origin: post_id
    const stream = client.query(
      new QueryStream("select id, post_id from comments where written_at < '2026-02-01 00:30'"),
    )
    const lines: string[] = []
    for await (const comment of stream) {
      // guilty: n-plus-one
      const { rows: posts } = await pool.query('select slug from posts where id = $1', [comment.post_id])
      lines.push(`${posts[0].slug}#${comment.id}`)
    }
    client.release()
    response.json(lines)
  })

  router.get('/stream-loop/joined', async (_request, response) => {
    const client = await pool.connect()
    const stream = client.query(
      new QueryStream(
        `select c.id, p.slug from comments c join posts p on p.id = c.post_id
         where c.written_at < '2026-02-01 00:30'`,
      ),
    )
    const lines: string[] = []
    for await (const row of stream) lines.push(`${row.slug}#${row.id}`)
    client.release()
    response.json(lines)
  })

  // A cursor of SQL's own, in a transaction.
  router.get('/declared-cursor', async (_request, response) => {
    const client = await pool.connect()
    let cents = 0
    await client.query('begin')
    await client.query('declare all_orders no scroll cursor for select total_cents from orders')
    for (;;) {
      const { rows: portion } = await client.query('fetch 1000 from all_orders')
      if (portion.length === 0) break
      for (const order of portion) cents += order.total_cents
    }
    await client.query('commit')
    client.release()
    response.json({ cents })
  })

  return router
}

export const visits = [
  guilty('GET /rows/camel-cased', 'GET /rows/camel-cased/joined'),
  innocent('GET /rows/camel-cased/joined'),
  guilty('GET /rows/deleted-key', 'GET /rows/deleted-key/joined'),
  innocent('GET /rows/deleted-key/joined'),
  guilty('GET /rows/overwritten', 'GET /rows/overwritten/joined'),
  guilty('GET /rows/overwritten-two', 'GET /rows/overwritten/joined'),
  innocent('GET /rows/overwritten/joined'),
  guilty('GET /rows/class', 'GET /rows/class/batched'),
  innocent('GET /rows/class/batched'),
  guilty('GET /rows/spliced', 'GET /lists/for-each/grouped'),
  guilty('GET /rows/json-agg', 'GET /rows/json-agg/complete'),
  innocent('GET /rows/json-agg/complete'),
  guilty('GET /rows/relations', 'GET /rows/relations/complete'),
  innocent('GET /rows/relations/complete'),
  guilty('GET /rows/jsonb', 'GET /rows/jsonb/batched'),
  innocent('GET /rows/jsonb/batched'),
  guilty('GET /rows/text-array', 'GET /rows/text-array/at-once'),
  innocent('GET /rows/text-array/at-once'),
  guilty('GET /rows/uuid-array', 'GET /rows/text-array/at-once'),
  innocent('GET /rows/export'),
  innocent('GET /rows/export-as-stream'),
  innocent('GET /rows/export-with-authors'),
  guilty('GET /rows/cursor-loop', 'GET /rows/export-with-authors'),
  guilty('GET /rows/stream-loop', 'GET /rows/stream-loop/joined'),
  innocent('GET /rows/stream-loop/joined'),
  innocent('GET /rows/declared-cursor'),
]
