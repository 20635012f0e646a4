// Where values were first: in generated keys, in the first of two lists, in large numbers, in pairs; and loops over events.
import { once } from 'node:events'
import { Router } from 'express'
import QueryStream from 'pg-query-stream'
import type { Connections } from '../connections.ts'
import { guilty, innocent } from '../visit.ts'

export function origins({ pool }: Connections): Router {
  const router = Router()

  // The second list was asked for by the keys of the first: they come from there.
  router.get('/first-of-two', async (_request, response) => {
    // origin: id
    const { rows: newest } = await pool.query('select id from posts order by published_at desc limit 10')
    const ids = newest.map((post) => post.id)
    const { rows: posts } = await pool.query(
      'select id, title from posts where id = any($1) order by title',
      [ids],
    )
    for (const post of posts) {
      // guilty: n-plus-one
      const { rows } = await pool.query('select count(*)::int as n from comments where post_id = $1', [
        post.id,
      ])
      post.comments = rows[0].n
    }
    response.json(posts)
  })

  router.get('/first-of-two/grouped', async (_request, response) => {
    const { rows: newest } = await pool.query('select id from posts order by published_at desc limit 10')
    const ids = newest.map((post) => post.id)
    const { rows: posts } = await pool.query(
      `select p.id, p.title, count(c.id)::int as comments from posts p left join comments c on c.post_id = p.id
       where p.id = any($1) group by p.id, p.title order by p.title`,
      [ids],
    )
    response.json(posts)
  })

  // Keys that the database has made.
  router.post('/generated', async (_request, response) => {
    // origin: id
    const { rows } = await pool.query(
      "insert into jobs (queue, payload) select 'mail', '{}' from generate_series(1, 6) returning id",
    )
    for (const { id } of rows) {
      // guilty: n-plus-one-write, proven
      await pool.query("update jobs set state = 'queued' where id = $1", [id])
    }
    response.sendStatus(204)
  })

  router.post('/generated/at-once', async (_request, response) => {
    const { rows } = await pool.query(
      "insert into jobs (queue, payload) select 'mail', '{}' from generate_series(1, 6) returning id",
    )
    await pool.query("update jobs set state = 'queued' where id = any($1)", [rows.map(({ id }) => id)])
    response.sendStatus(204)
  })

  router.get('/large-numbers', async (_request, response) => {
    // origin: id
    const { rows } = await pool.query('select id, customer_id from sessions order by seen_at desc limit 9')
    const themes = []
    for (const session of rows) {
      // guilty: n-plus-one, proven
      const { rows: found } = await pool.query("select data->>'theme' as theme from sessions where id = $1", [
        session.id,
      ])
      themes.push({ customer: session.customer_id, theme: found[0].theme })
    }
    response.json(themes)
  })

  router.get('/large-numbers/at-once', async (_request, response) => {
    const { rows } = await pool.query(
      "select customer_id as customer, data->>'theme' as theme from sessions order by seen_at desc limit 9",
    )
    response.json(rows)
  })

  // A key of two columns.
  router.get('/pairs', async (_request, response) => {
    // origin: product_id
    const { rows } = await pool.query(
      'select product_id, quantity from order_items where id between 8100 and 8108 order by id',
    )
    const list = []
    for (const item of rows) {
      // guilty: n-plus-one
      const { rows: stock } = await pool.query(
        'select on_hand from inventory where product_id = $1 and warehouse_id = $2',
        [item.product_id, 1],
      )
      list.push({ ...item, onHand: stock[0].on_hand })
    }
    response.json(list)
  })

  router.get('/pairs/joined', async (_request, response) => {
    const { rows } = await pool.query(
      `select i.product_id, i.quantity, s.on_hand from order_items i
       join inventory s on s.product_id = i.product_id and s.warehouse_id = 1
       where i.id between 8100 and 8108 order by i.id`,
    )
    response.json(rows)
  })

  // Made of the value, and not the value: nothing shows where it came from.
  router.get('/composed', async (_request, response) => {
    const { rows } = await pool.query('select id, team from staff order by name limit 8')
    const list = []
    for (const { id, team } of rows) {
      // guilty: n-plus-one
      const { rows: log } = await pool.query('select action from audit_log where entity = $1 limit 3', [
        `staff ${id}`,
      ])
      list.push({ team, log })
    }
    response.json(list)
  })

  router.get('/composed/at-once', async (_request, response) => {
    const { rows } = await pool.query('select id, team from staff order by name limit 8')
    const { rows: log } = await pool.query(
      'select entity, action from audit_log where entity = any($1) limit 24',
      [rows.map(({ id }) => `staff ${id}`)],
    )
    response.json({ rows, log })
  })

  router.get('/numbers-as-text', async (_request, response) => {
    // origin: customer_id
    const { rows } = await pool.query('select id, customer_id from orders order by note, id desc limit 15')
    const byCustomer: Record<string, string> = {}
    for (const order of rows) byCustomer[order.customer_id] = ''
    for (const id of Object.keys(byCustomer)) {
      // guilty: n-plus-one
      const { rows: found } = await pool.query('select name from customers where id = $1', [id])
      byCustomer[id] = found[0].name
    }
    response.json(rows.map((order) => ({ id: order.id, customer: byCustomer[order.customer_id] })))
  })

  router.get('/numbers-as-text/at-once', async (_request, response) => {
    const { rows } = await pool.query('select id, customer_id from orders order by note, id desc limit 15')
    const { rows: found } = await pool.query('select id, name from customers where id = any($1)', [
      rows.map((order) => order.customer_id),
    ])
    response.json({ rows, found })
  })

  router.get('/stream-events', async (_request, response) => {
    const client = await pool.connect()
    // origin: author_id
    const stream = client.query(
      new QueryStream("select slug, author_id from posts where slug like 'post-44%' order by slug"),
    )
    const asking: Promise<unknown>[] = []
    stream.on('data', (post) => {
      // guilty: n-plus-one
      asking.push(pool.query('select name from authors where id = $1', [post.author_id]))
    })
    await once(stream, 'end')
    const names = await Promise.all(asking)
    client.release()
    response.json(names.length)
  })

  router.get('/stream-events/joined', async (_request, response) => {
    const client = await pool.connect()
    const stream = client.query(
      new QueryStream(
        `select p.slug, a.name from posts p join authors a on a.id = p.author_id
         where p.slug like 'post-44%' order by p.slug`,
      ),
    )
    const names: string[] = []
    stream.on('data', (post) => names.push(`${post.slug} ${post.name}`))
    await once(stream, 'end')
    client.release()
    response.json(names)
  })

  // A pause between two, as for a service that may be asked only so often.
  router.get('/paced', async (_request, response) => {
    // origin: author_id
    const { rows } = await pool.query('select id, author_id from posts order by title desc limit 5')
    const names = []
    for (const post of rows) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      // guilty: n-plus-one, proven
      const found = await pool.query('select name from authors where id = $1', [post.author_id])
      names.push({ post: post.id, name: found.rows[0].name })
    }
    response.json(names)
  })

  // Each answer is needed for the next question of its row: three statements for each row.
  router.get('/chain', async (_request, response) => {
    // origin: id
    const { rows } = await pool.query(
      "select id, title from posts where slug like 'post-55%' order by slug limit 6",
    )
    const list = []
    for (const post of rows) {
      // guilty: n-plus-one, proven
      // origin: author_id
      const { rows: comments } = await pool.query(
        'select body, author_id from comments where post_id = $1 order by written_at limit 1',
        [post.id],
      )
      // guilty: n-plus-one
      // origin: country_code
      const { rows: authors } = await pool.query('select name, country_code from authors where id = $1', [
        comments[0].author_id,
      ])
      // guilty: n-plus-one
      const { rows: countries } = await pool.query('select name from countries where code = $1', [
        authors[0].country_code,
      ])
      list.push({
        title: post.title,
        comment: comments[0].body,
        by: authors[0].name,
        from: countries[0].name,
      })
    }
    response.json(list)
  })

  router.get('/chain/joined', async (_request, response) => {
    const { rows } = await pool.query(
      `select p.title, c.body, a.name as by, l.name as from
       from (select id, slug, title from posts where slug like 'post-55%' order by slug limit 6) p
       cross join lateral (select body, author_id from comments where post_id = p.id order by written_at limit 1) c
       join authors a on a.id = c.author_id join countries l on l.code = a.country_code order by p.slug`,
    )
    response.json(rows)
  })

  // The count says how many pages there are; the numbers of pages are not its value.
  router.get('/pages-by-count', async (_request, response) => {
    const { rows: counted } = await pool.query(
      "select count(*)::int as n from posts where slug like 'post-1_'",
    )
    const titles: string[] = []
    for (let offset = 0; offset < counted[0].n; offset += 4) {
      const { rows } = await pool.query(
        "select title from posts where slug like 'post-1_' order by slug limit 4 offset $1",
        [offset],
      )
      titles.push(...rows.map((post) => post.title))
    }
    response.json(titles)
  })

  // Read in pages, each with what belongs to its rows.
  router.get('/pages-with-children', async (_request, response) => {
    let after = ''
    const list = []
    for (let page = 0; page < 5; page++) {
      const { rows } = await pool.query('select id, slug from posts where slug > $1 order by slug limit 20', [
        after,
      ])
      const { rows: comments } = await pool.query(
        'select post_id, count(*)::int as n from comments where post_id = any($1) group by post_id',
        [rows.map((post) => post.id)],
      )
      list.push(
        ...rows.map((post) => ({
          ...post,
          comments: comments.find(({ post_id }) => post_id === post.id)?.n ?? 0,
        })),
      )
      after = rows.at(-1)?.slug
    }
    response.json(list)
  })

  return router
}

export const visits = [
  guilty('GET /origins/first-of-two', 'GET /origins/first-of-two/grouped'),
  innocent('GET /origins/first-of-two/grouped'),
  guilty('POST /origins/generated', 'POST /origins/generated/at-once'),
  innocent('POST /origins/generated/at-once'),
  guilty('GET /origins/large-numbers', 'GET /origins/large-numbers/at-once'),
  innocent('GET /origins/large-numbers/at-once'),
  guilty('GET /origins/pairs', 'GET /origins/pairs/joined'),
  innocent('GET /origins/pairs/joined'),
  guilty('GET /origins/composed', 'GET /origins/composed/at-once'),
  innocent('GET /origins/composed/at-once'),
  guilty('GET /origins/numbers-as-text', 'GET /origins/numbers-as-text/at-once'),
  innocent('GET /origins/numbers-as-text/at-once'),
  guilty('GET /origins/stream-events', 'GET /origins/stream-events/joined'),
  innocent('GET /origins/stream-events/joined'),
  guilty('GET /origins/paced', 'GET /lists/promise-all/batched'),
  guilty('GET /origins/chain', 'GET /origins/chain/joined'),
  innocent('GET /origins/chain/joined'),
  innocent('GET /origins/pages-by-count'),
  innocent('GET /origins/pages-with-children'),
]
