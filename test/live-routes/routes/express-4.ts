// Routes of Express 4, which does not wait for a handler's promise: errors are passed to `next`.
import type { NextFunction, Request, Response } from 'express'
import express4 from 'express4'
import type { Connections } from '../connections.ts'
import { guilty, innocent } from '../visit.ts'

type Handler = (request: Request, response: Response) => Promise<unknown>

const handled = (handler: Handler) => (request: Request, response: Response, next: NextFunction) => {
  handler(request, response).catch(next)
}

export function express4Routes({ pool }: Connections) {
  const router = express4.Router()

  router.get(
    '/authors',
    handled(async (_request, response) => {
      // origin: id
      const { rows } = await pool.query('select id, name from authors order by id desc limit 8')
      for (const author of rows) {
        // guilty: n-plus-one, proven
        const { rows: posts } = await pool.query(
          'select title from posts where author_id = $1 order by slug limit 2',
          [author.id],
        )
        author.posts = posts
      }
      response.json(rows)
    }),
  )

  router.get(
    '/authors/batched',
    handled(async (_request, response) => {
      const { rows } = await pool.query('select id, name from authors order by id desc limit 8')
      const { rows: posts } = await pool.query(
        'select author_id, title from posts where author_id = any($1)',
        [rows.map((author) => author.id)],
      )
      response.json(
        rows.map((author) => ({ ...author, posts: posts.filter((post) => post.author_id === author.id) })),
      )
    }),
  )

  const nameOf = async (id: unknown) => {
    const { rows } = await pool.query('select name from countries where code = $1', [id])
    return rows[0].name as string
  }

  router.get(
    '/countries/:from/:via/:to',
    handled(async ({ params }, response) => {
      const [from, via, to] = await Promise.all([nameOf(params.from), nameOf(params.via), nameOf(params.to)])
      response.json({ from, via, to })
    }),
  )

  router.post(
    '/visits',
    handled(async (request, response) => {
      for (const id of request.body.customers) {
        // guilty: n-plus-one-write
        await pool.query('update customers set visits = visits + 1 where id = $1', [id])
      }
      response.sendStatus(204)
    }),
  )

  router.post(
    '/visits/at-once',
    handled(async (request, response) => {
      await pool.query('update customers set visits = visits + 1 where id = any($1)', [
        request.body.customers,
      ])
      response.sendStatus(204)
    }),
  )

  return router
}

export const visits = [
  guilty('GET /express-4/authors', 'GET /express-4/authors/batched'),
  innocent('GET /express-4/authors/batched'),
  innocent('GET /express-4/countries/:from/:via/:to', { path: '/express-4/countries/C4/C9/C17' }),
  guilty('POST /express-4/visits', 'POST /express-4/visits/at-once', {
    body: { customers: [71, 712, 2003, 1440] },
  }),
  innocent('POST /express-4/visits/at-once', { body: { customers: [71, 712, 2003, 1440] } }),
]
