// Lists of rows, and something asked for each: every shape a loop has in JavaScript.
import { Router } from 'express'
import type { Connections } from '../connections.ts'
import { guilty, innocent } from '../visit.ts'
import { limitConcurrency } from './limit-concurrency.ts'

export function lists({ pool }: Connections): Router {
  const router = Router()

  router.get('/for-of', async (_request, response) => {
    // origin: customer_id
    const { rows: orders } = await pool.query('select id, customer_id from orders order by id desc limit 25')
    const list = []
    for (const order of orders) {
      // guilty: n-plus-one, proven
      const found = await pool.query('select name from customers where id = $1', [order.customer_id])
      list.push({ order: order.id, customer: found.rows[0].name })
    }
    response.json(list)
  })

  router.get('/for-of/joined', async (_request, response) => {
    const { rows } = await pool.query(
      `select o.id as order, c.name as customer from orders o join customers c on c.id = o.customer_id
       order by o.id desc limit 25`,
    )
    response.json(rows)
  })

  router.get('/promise-all', async (_request, response) => {
    // origin: author_id
    const posts = await pool.query('select title, author_id from posts order by published_at desc limit 12')
    const authors = await Promise.all(
      // guilty: n-plus-one, proven
      posts.rows.map((post) => pool.query('select name from authors where id = $1', [post.author_id])),
    )
    response.json(
      posts.rows.map((post, i) => ({ title: post.title, author: authors[i]?.rows[0].name as string })),
    )
  })

  router.get('/promise-all/batched', async (_request, response) => {
    const posts = await pool.query('select title, author_id from posts order by published_at desc limit 12')
    const ids = posts.rows.map((post) => post.author_id)
    const authors = await pool.query('select id, name from authors where id = any($1)', [ids])
    const names = new Map(authors.rows.map((author) => [author.id, author.name]))
    response.json(posts.rows.map((post) => ({ title: post.title, author: names.get(post.author_id) })))
  })

  router.get('/for-each', async (_request, response) => {
    // origin: id
    const posts = await pool.query('select id, title from posts order by published_at limit 8')
    const counting: Promise<unknown>[] = []
    posts.rows.forEach((post) => {
      counting.push(
        pool
          // guilty: n-plus-one, proven
          .query('select count(*)::int as count from comments where post_id = $1', [post.id])
          .then(({ rows }) => {
            post.comments = rows[0].count
          }),
      )
    })
    await Promise.all(counting)
    response.json(posts.rows)
  })

  router.get('/for-each/grouped', async (_request, response) => {
    const posts = await pool.query('select id, title from posts order by published_at limit 8')
    const counts = await pool.query(
      'select post_id, count(*)::int as count from comments where post_id = any($1) group by post_id',
      [posts.rows.map((post) => post.id)],
    )
    posts.rows.forEach((post) => {
      post.comments = counts.rows.find((count) => count.post_id === post.id)?.count ?? 0
    })
    response.json(posts.rows)
  })

  router.get('/callbacks', (_request, response, next) => {
    // origin: author_id
    void pool.query(
      'select id, author_id from comments order by written_at desc limit 10',
      (error, comments) => {
        if (error) return next(error)
        const names: string[] = []
        let missing = comments.rows.length
        for (const comment of comments.rows) {
          // guilty: n-plus-one, proven
          void pool.query('select name from authors where id = $1', [comment.author_id], (failure, found) => {
            if (failure) return next(failure)
            names.push(`${comment.id}: ${found.rows[0].name}`)
            missing -= 1
            if (missing === 0) response.json(names)
          })
        }
      },
    )
  })

  router.get('/callbacks/joined', (_request, response, next) => {
    void pool.query(
      `select c.id, a.name from comments c join authors a on a.id = c.author_id
       order by c.written_at desc limit 10`,
      (error, comments) => {
        if (error) return next(error)
        response.json(comments.rows.map((row) => `${row.id}: ${row.name}`))
      },
    )
  })

  async function* newestPosts() {
    // origin: author_id in GET /lists/async-generator
    const { rows } = await pool.query('select id, author_id, title from posts order by id limit 9')
    for (const post of rows)
      yield { title: post.title as string, authorId: post.author_id as string, id: post.id }
  }

  router.get('/async-generator', async (_request, response) => {
    const list = []
    for await (const { id, title, authorId } of newestPosts()) {
      // guilty: n-plus-one, proven
      const author = await pool.query('select name, bio from authors where id = $1', [authorId])
      list.push({ id, title, author: author.rows[0] })
    }
    response.json(list)
  })

  async function* chunks(size: number) {
    const { rows } = await pool.query('select id, author_id, title from posts order by id limit 9')
    for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size)
  }

  router.get('/async-generator/chunks', async (_request, response) => {
    const list = []
    for await (const posts of chunks(3)) {
      const found = await pool.query('select id, name, bio from authors where id = any($1)', [
        posts.map((post) => post.author_id),
      ])
      list.push(
        ...posts.map((post) => ({ ...post, author: found.rows.find(({ id }) => id === post.author_id) })),
      )
    }
    response.json(list)
  })

  router.get('/recursion', async (_request, response) => {
    // origin: seller_id
    const { rows } = await pool.query('select id, seller_id from orders order by placed_at desc limit 15')
    async function addSellers(index: number): Promise<void> {
      const order = rows[index]
      if (!order) return
      // guilty: n-plus-one, proven
      const seller = await pool.query('select name, team from staff where id = $1', [order.seller_id])
      order.seller = seller.rows[0]
      await addSellers(index + 1)
    }
    await addSellers(0)
    response.json(rows)
  })

  router.get('/recursion/joined', async (_request, response) => {
    const { rows } = await pool.query(
      `select o.id, s.name, s.team from orders o join staff s on s.id = o.seller_id
       order by o.placed_at desc limit 15`,
    )
    response.json(rows)
  })

  router.get('/limited', async (_request, response) => {
    const limit = limitConcurrency(3)
    // origin: id
    const { rows } = await pool.query(
      "select id, title from posts where slug like 'post-12%' order by slug limit 14",
    )
    const counts = await Promise.all(
      rows.map((post) =>
        limit(async () => {
          // guilty: n-plus-one, proven
          const found = await pool.query('select body from comments where post_id = $1 limit 1', [post.id])
          return found.rows[0]?.body as string
        }),
      ),
    )
    response.json(rows.map((post, i) => ({ title: post.title, comment: counts[i] })))
  })

  router.get('/limited/chunks', async (_request, response) => {
    const limit = limitConcurrency(3)
    const { rows } = await pool.query(
      "select id, title from posts where slug like 'post-12%' order by slug limit 14",
    )
    const ids: string[] = rows.map((post) => post.id)
    const chunks = [ids.slice(0, 5), ids.slice(5, 10), ids.slice(10)]
    const found = await Promise.all(
      chunks.map((chunk) =>
        limit(() =>
          pool.query('select distinct on (post_id) post_id, body from comments where post_id = any($1)', [
            chunk,
          ]),
        ),
      ),
    )
    const bodies = new Map(found.flatMap((result) => result.rows.map((row) => [row.post_id, row.body])))
    response.json(rows.map((post) => ({ title: post.title, comment: bodies.get(post.id) })))
  })

  router.get('/batches-of-five', async (_request, response) => {
    // origin: post_id
    const { rows } = await pool.query('select id, post_id, body from comments order by id limit 15')
    const titles: string[] = []
    for (let start = 0; start < rows.length; start += 5) {
      const batch = rows.slice(start, start + 5)
      const found = await Promise.all(
        // guilty: n-plus-one, proven
        batch.map((comment) => pool.query('select title from posts where id = $1', [comment.post_id])),
      )
      titles.push(...found.map((result) => result.rows[0].title))
    }
    response.json(rows.map((comment, i) => ({ ...comment, title: titles[i] })))
  })

  router.get('/reduce', async (_request, response) => {
    // origin: product_id
    const { rows } = await pool.query(
      'select id, product_id from order_items where order_id between 700 and 706 order by id',
    )
    const names = await rows.reduce<Promise<string[]>>(async (before, item) => {
      const list = await before
      // guilty: n-plus-one, proven
      const product = await pool.query('select name from products where id = $1', [item.product_id])
      return [...list, `${item.id} ${product.rows[0].name}`]
    }, Promise.resolve([]))
    response.json(names)
  })

  router.get('/reduce/joined', async (_request, response) => {
    const { rows } = await pool.query(
      `select i.id, p.name from order_items i join products p on p.id = i.product_id
       where i.order_id between 700 and 706 order by i.id`,
    )
    response.json(rows.map((row) => `${row.id} ${row.name}`))
  })

  router.get('/work-list', async (_request, response) => {
    // origin: author_id
    const { rows } = await pool.query('select id, author_id from posts order by slug limit 10')
    const waiting = rows.map((row) => row.author_id as string)
    const countries: string[] = []
    while (waiting.length > 0) {
      const author = waiting.shift()
      // guilty: n-plus-one, proven
      const found = await pool.query('select country_code from authors where id = $1', [author])
      countries.push(`${author} ${found.rows[0].country_code}`)
    }
    response.json({ posts: rows.map((row) => row.id), countries })
  })

  router.get('/two-rows', async (_request, response) => {
    // origin: author_id
    const { rows } = await pool.query(
      "select title, author_id from posts where slug in ('post-7', 'post-8') order by slug",
    )
    for (const post of rows) {
      // guilty: n-plus-one, proven
      const author = await pool.query('select name, bio from authors where id = $1', [post.author_id])
      post.author = author.rows[0]
    }
    response.json(rows)
  })

  router.get('/two-rows/joined', async (_request, response) => {
    const { rows } = await pool.query(
      `select p.title, a.name, a.bio from posts p join authors a on a.id = p.author_id
       where p.slug in ('post-7', 'post-8') order by p.slug`,
    )
    response.json(rows)
  })

  router.get('/fifty-rows', async (_request, response) => {
    // origin: id
    const { rows } = await pool.query('select id, title from posts order by published_at desc limit 50')
    const list = []
    for (const { id, title } of rows) {
      // guilty: n-plus-one, proven
      const exists = await pool.query(
        'select exists (select from comments where post_id = $1) as discussed',
        [id],
      )
      list.push({ title, discussed: exists.rows[0].discussed })
    }
    response.json(list)
  })

  router.get('/fifty-rows/batched', async (_request, response) => {
    const { rows } = await pool.query('select id, title from posts order by published_at desc limit 50')
    const discussed = await pool.query('select distinct post_id from comments where post_id = any($1)', [
      rows.map(({ id }) => id),
    ])
    const ids = new Set(discussed.rows.map((row) => row.post_id))
    response.json(rows.map(({ id, title }) => ({ title, discussed: ids.has(id) })))
  })

  router.get('/then-chain', (_request, response, next) => {
    pool
      // origin: post_id
      .query('select id, post_id from comments order by written_at limit 6')
      .then(({ rows }) =>
        Promise.all(
          rows.map((comment) =>
            pool
              // guilty: n-plus-one, proven
              .query('select slug from posts where id = $1', [comment.post_id])
              .then((found) => `${found.rows[0].slug}#${comment.id}`),
          ),
        ),
      )
      .then((links) => response.json(links))
      .catch(next)
  })

  router.get('/then-chain/joined', (_request, response, next) => {
    pool
      .query(
        `select p.slug, c.id from comments c join posts p on p.id = c.post_id order by c.written_at limit 6`,
      )
      .then(({ rows }) => response.json(rows.map((row) => `${row.slug}#${row.id}`)))
      .catch(next)
  })

  router.get('/nested', async (_request, response) => {
    // origin: id
    const orders = await pool.query(
      'select id from orders where customer_id = 38 or id between 1200 and 1205 order by id limit 6',
    )
    const sheets = []
    for (const order of orders.rows) {
      // guilty: n-plus-one
      // origin: product_id
      const items = await pool.query('select product_id, quantity from order_items where order_id = $1', [
        order.id,
      ])
      for (const item of items.rows) {
        // guilty: n-plus-one
        const product = await pool.query('select name from products where id = $1', [item.product_id])
        sheets.push({ order: order.id, product: product.rows[0].name, quantity: item.quantity })
      }
    }
    response.json(sheets)
  })

  router.get('/nested/joined', async (_request, response) => {
    const { rows } = await pool.query(
      `select o.id as order, p.name as product, i.quantity
       from orders o join order_items i on i.order_id = o.id join products p on p.id = i.product_id
       where o.id in (select id from orders where customer_id = 38 or id between 1200 and 1205 order by id limit 6)`,
    )
    response.json(rows)
  })

  // Each author once: the application has made the values distinct and sorted them.
  router.get('/distinct', async (_request, response) => {
    // origin: author_id
    const { rows } = await pool.query('select author_id from comments order by written_at limit 20')
    const authors = [...new Set(rows.map((row) => row.author_id as string))].sort()
    const list = []
    for (const id of authors) {
      // guilty: n-plus-one, proven
      const found = await pool.query('select name, bio from authors where id = $1', [id])
      list.push(found.rows[0])
    }
    response.json(list)
  })

  router.get('/distinct/batched', async (_request, response) => {
    const { rows } = await pool.query('select author_id from comments order by written_at limit 20')
    const authors = [...new Set(rows.map((row) => row.author_id as string))]
    const found = await pool.query('select name, bio from authors where id = any($1) order by name', [
      authors,
    ])
    response.json(found.rows)
  })

  router.get('/one-connection', async (_request, response) => {
    const client = await pool.connect()
    try {
      // origin: id
      const { rows } = await client.query('select id, name from authors order by name limit 7')
      for (const author of rows) {
        // guilty: n-plus-one, proven
        const newest = await client.query(
          'select title from posts where author_id = $1 order by published_at desc limit 1',
          [author.id],
        )
        author.newest = newest.rows[0]?.title
      }
      response.json(rows)
    } finally {
      client.release()
    }
  })

  router.get('/one-connection/lateral', async (_request, response) => {
    const client = await pool.connect()
    try {
      const { rows } = await client.query(
        `select a.id, a.name, p.title as newest from (select id, name from authors order by name limit 7) a
         left join lateral (select title from posts where author_id = a.id order by published_at desc limit 1) p on true`,
      )
      response.json(rows)
    } finally {
      client.release()
    }
  })

  // A list, and one more query for all of it that happens to have the first row's value.
  router.get('/list-and-first', async (_request, response) => {
    const { rows } = await pool.query('select id, title from posts order by published_at desc limit 10')
    const first = await pool.query('select body from posts where id = $1', [rows[0].id])
    response.json({ rows, lead: first.rows[0].body })
  })

  // Three different questions about one row.
  router.get('/one-row', async (_request, response) => {
    const { rows } = await pool.query("select id, author_id, title from posts where slug = 'post-77'")
    const post = rows[0]
    const [author, comments] = await Promise.all([
      pool.query('select name from authors where id = $1', [post.author_id]),
      pool.query('select body from comments where post_id = $1 order by written_at limit 5', [post.id]),
    ])
    response.json({ title: post.title, author: author.rows[0].name, comments: comments.rows })
  })

  return router
}

export const visits = [
  guilty('GET /lists/for-of', 'GET /lists/for-of/joined'),
  innocent('GET /lists/for-of/joined'),
  guilty('GET /lists/promise-all', 'GET /lists/promise-all/batched'),
  innocent('GET /lists/promise-all/batched'),
  guilty('GET /lists/for-each', 'GET /lists/for-each/grouped'),
  innocent('GET /lists/for-each/grouped'),
  guilty('GET /lists/callbacks', 'GET /lists/callbacks/joined'),
  innocent('GET /lists/callbacks/joined'),
  guilty('GET /lists/async-generator', 'GET /lists/async-generator/chunks'),
  innocent('GET /lists/async-generator/chunks'),
  guilty('GET /lists/recursion', 'GET /lists/recursion/joined'),
  innocent('GET /lists/recursion/joined'),
  guilty('GET /lists/limited', 'GET /lists/limited/chunks'),
  innocent('GET /lists/limited/chunks'),
  guilty('GET /lists/batches-of-five', 'GET /lists/then-chain/joined'),
  guilty('GET /lists/reduce', 'GET /lists/reduce/joined'),
  innocent('GET /lists/reduce/joined'),
  guilty('GET /lists/work-list', 'GET /lists/promise-all/batched'),
  guilty('GET /lists/two-rows', 'GET /lists/two-rows/joined'),
  innocent('GET /lists/two-rows/joined'),
  guilty('GET /lists/fifty-rows', 'GET /lists/fifty-rows/batched'),
  innocent('GET /lists/fifty-rows/batched'),
  guilty('GET /lists/then-chain', 'GET /lists/then-chain/joined'),
  innocent('GET /lists/then-chain/joined'),
  guilty('GET /lists/nested', 'GET /lists/nested/joined'),
  innocent('GET /lists/nested/joined'),
  guilty('GET /lists/distinct', 'GET /lists/distinct/batched'),
  innocent('GET /lists/distinct/batched'),
  guilty('GET /lists/one-connection', 'GET /lists/one-connection/lateral'),
  innocent('GET /lists/one-connection/lateral'),
  innocent('GET /lists/list-and-first'),
  innocent('GET /lists/one-row'),
]
