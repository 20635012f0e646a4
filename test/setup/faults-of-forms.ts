// Faults of a set-up that are reported for an application in each form. The correct twin of each fault gets no notice.
import { expect, test } from 'vitest'
import { type Application, runApplication } from './run-application.ts'

export const PROFILED = `const pool = profilePool(newPool())\napp.use(profileRequests())\n`
export const ROUTE = `app.get('/books', async (_request, response) => response.json((await pool.query('select 1 as one')).rows))\n`
export const VISITS = `await get('/books')\nawait get('/books')\n`
/** The line is told behind it. */
export const AT = String.raw` \(application\.\w+:\d+\)$`
export const JOB = `for (let at = 0; at < 8; at++) await pool.query('select 1')\n`
export const OUTSIDE = expect.stringMatching(`^The pool was used \\d+ times outside of any request\\.${AT}`)

export type Form = Pick<Application, 'kind' | 'express'>

/** A notice may come before the last request does. */
export function sent(name: string, rest: string): unknown {
  return expect.stringMatching(`^\\d requests? \\(${name}\\) sent queries${rest}\\.$`)
}

export async function told(
  lines: string,
  visits?: string,
  more: Partial<Application> = {},
): Promise<string[]> {
  const { notices } = await runApplication({ lines, ...(visits === undefined ? {} : { visits }), ...more })
  return notices
}

export function testFaults(form: Form): void {
  test('a set-up that captures everything is told nothing', async () => {
    expect(await told(PROFILED + ROUTE, VISITS, form)).toEqual([])
  })

  test('a client that an ORM queries before the hook in which it is profiled is told nothing', async () => {
    const lines = `app.use(profileRequests())
      let client
      app.get('/books', async (_request, response) => {
        if (!client) {
          client = new pg.Client(config)
          await client.connect()
          await client.query('select version()')
          profileClient(client)
        }
        response.json((await client.query('select 1 as one')).rows)
      })\n`
    expect(await told(lines, `${VISITS}await client.end()`, form)).toEqual([])
    const bare = await told(lines.replace('profileClient(client)', ''), `${VISITS}await client.end()`, form)
    expect(bare).toEqual([expect.stringMatching(/not profiled, and requests or jobs used it [23] times/)])
  })

  test('(a) requests without profileRequests are named, once', async () => {
    expect(await told(`const pool = profilePool(newPool())\n${ROUTE}`, VISITS, form)).toEqual([
      sent('GET /books', ', and profileRequests is not in use'),
    ])
  })

  test('(b) a middleware that no request reaches is named', async () => {
    expect(
      await told(`const pool = profilePool(newPool())\n${ROUTE}app.use(profileRequests())`, VISITS, form),
    ).toEqual([sent('GET /books', ', and profileRequests has seen no request')])
  })

  test('(c) a pool that requests use and nobody profiles is named with its line', async () => {
    expect(await told(`const pool = newPool()\napp.use(profileRequests())\n${ROUTE}`, VISITS, form)).toEqual([
      expect.stringMatching(
        `^A pool of the database \\w+ is not profiled, and requests or jobs used it \\d times?\\.${AT}`,
      ),
    ])
  })

  test('(d) a second pool that nobody profiles is named, and a third one by its own line', async () => {
    const second = `const [second, third] = [newPool(), newPool()]
      app.get('/both', async (_request, response) => {
        await pool.query('select 1')
        await second.query('select 2')
        await third.query('select 3')
        response.end()
      })`
    const notices = await told(PROFILED + second, `await get('/both')\nawait get('/both')`, form)
    expect(notices).toEqual([
      expect.stringMatching(`is not profiled, and requests or jobs used it \\d times?\\.${AT}`),
      expect.stringMatching(`is not profiled, and requests or jobs used it \\d times?\\.${AT}`),
    ])
    expect(new Set(notices).size).toBe(2)
  })

  test('(e) a pool and requests with different profilers are named', async () => {
    const lines = `const pool = profilePool(newPool(), createProfiler())\napp.use(profileRequests())\n${ROUTE}`
    expect(await told(lines, VISITS, form)).toEqual([
      expect.stringMatching(
        /^A pool is profiled by one profiler, and the requests or jobs that use it are traced by another/,
      ),
    ])
  })

  test('(g) Drizzle without profileDrizzle is named, and with it is not', async () => {
    const route = `const books = pgTable('pg_class', { oid: integer() })
      app.get('/books', async (_request, response) => response.json(await db.select().from(books).limit(1)))\n`
    const bare = await told(`${PROFILED}const db = drizzle(pool)\n${route}`, VISITS, form)
    expect(bare).toEqual([expect.stringMatching(/^Drizzle \d\S* sent queries of which no line is known/)])
    expect(await told(`${PROFILED}const db = profileDrizzle(drizzle(pool))\n${route}`, VISITS, form)).toEqual(
      [],
    )
  })
}
