// Ways to ask for three things: each loop has beside it the explicit calls that look like it from where the query is sent.
// Nothing the queries are given comes from rows, so that only the way they are called tells a loop.
import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import type pg from 'pg'

const things = pgTable('things', { id: integer().primaryKey(), name: text() })

type Shape = () => unknown

/** The query that each `loop` and each `calls` sends. */
export interface Shapes {
  [name: string]: { loop: Shape; calls: Shape }
}

export function shapesOf(pool: pg.Pool, db: NodePgDatabase): Shapes {
  const ids = [71, 72, 73]
  const ask = (id: number) => pool.query('select name from things where id = $1', [id])
  // All of one moment are answered in one turn of the event loop.
  const isCached = () => new Promise((resolve) => setImmediate(resolve))
  const later = (done: () => void) => void setTimeout(done, 1)

  async function direct(id: number) {
    return await ask(id)
  }
  async function cached(id: number) {
    await isCached()
    return await ask(id)
  }
  async function cachedReturned(id: number) {
    await isCached()
    return ask(id)
  }
  function cachedThen(id: number) {
    return isCached().then(() => ask(id))
  }
  async function deep(id: number) {
    return await cached(id)
  }
  async function twice(id: number) {
    await pool.query('select 1 from things where id = $1', [id])
    return await ask(id)
  }
  function inPromise(id: number) {
    return new Promise((resolve, reject) => {
      later(() => {
        ask(id).then(resolve, reject)
      })
    })
  }
  function called(id: number, done: () => void) {
    pool.query('select name from things where id = $1', [id], () => done())
  }
  const ended = (run: (done: () => void) => void) => new Promise<void>(run)
  const select = (id: number) => db.select().from(things).where(eq(things.id, id))
  async function selected(id: number) {
    const [row] = await select(id)
    return row
  }
  class Repository {
    async find(id: number) {
      await isCached()
      return await ask(id)
    }
  }
  const repository = new Repository()

  async function mapSeries<T>(items: readonly T[], each: (item: T) => Promise<unknown>) {
    for (const item of items) await each(item)
  }
  function limitTo(most: number) {
    const waiting: (() => void)[] = []
    let running = 0
    return async <T>(job: () => Promise<T>): Promise<T> => {
      if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
      running++
      try {
        return await job()
      } finally {
        running--
        waiting.shift()?.()
      }
    }
  }
  async function loadAll(some: readonly number[]) {
    return Promise.all(some.map(cached))
  }
  async function loadThree() {
    return Promise.all([cached(71), cached(72), cached(73)])
  }
  async function* each() {
    for (const id of ids) yield await direct(id)
  }
  async function* three() {
    yield await cached(71)
    yield await cached(72)
    yield await cached(73)
  }
  const walk = async (id: number): Promise<void> => {
    await cached(id)
    if (id < 73) await walk(id + 1)
  }
  async function retried<T>(job: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await job()
      } catch (error) {
        if (attempt === 2) throw error
      }
    }
  }

  return {
    'a function that calls itself in its callback': {
      loop: () =>
        ended((done) => {
          const next = (at: number) =>
            at < ids.length ? called(ids[at] as number, () => next(at + 1)) : done()
          next(0)
        }),
      calls: () => ended((done) => called(71, () => called(72, () => called(73, done)))),
    },
    'callbacks, two at a time': {
      loop: () =>
        ended((done) => {
          const todo = [...ids]
          let running = 0
          const fill = () => {
            while (running < 2 && todo.length > 0) {
              running++
              called(todo.shift() as number, () => {
                running--
                if (todo.length + running > 0) fill()
                else done()
              })
            }
          }
          fill()
        }),
      calls: () =>
        ended((done) => {
          let running = 3
          const one = () => {
            running--
            if (running === 0) done()
          }
          called(71, one)
          called(72, one)
          called(73, one)
        }),
    },
    'one after the other': {
      async loop() {
        for (const id of ids) await direct(id)
      },
      async calls() {
        await direct(71)
        await direct(72)
        await direct(73)
      },
    },
    'on one line': {
      async loop() {
        for (const id of ids) await cached(id)
      },
      // biome-ignore format: the calls are on one line
      async calls() {
        await cached(71); await cached(72); await cached(73)
      },
    },
    'the driver in Promise.all': {
      loop: () => Promise.all(ids.map((id) => ask(id))),
      calls: () => Promise.all([ask(71), ask(72), ask(73)]),
    },
    'a helper in Promise.all': {
      async loop() {
        await Promise.all(ids.map((id) => direct(id)))
      },
      async calls() {
        await Promise.all([direct(71), direct(72), direct(73)])
      },
    },
    'a cache-aside helper in Promise.all': {
      async loop() {
        await Promise.all(ids.map((id) => cached(id)))
      },
      async calls() {
        await Promise.all([cached(71), cached(72), cached(73)])
      },
    },
    'a cache-aside helper on three lines of Promise.all': {
      async loop() {
        const [first] = await Promise.all(ids.map(cached))
        return first
      },
      async calls() {
        const [first] = await Promise.all([
          cached(71), // the first
          cached(72),
          cached(73),
        ])
        return first
      },
    },
    'a callback that awaits something else first': {
      async loop() {
        await Promise.all(
          ids.map(async (id) => {
            await isCached()
            await ask(id)
          }),
        )
      },
      async calls() {
        await Promise.all([
          (async () => {
            await isCached()
            await ask(71)
          })(),
          (async () => {
            await isCached()
            await ask(72)
          })(),
          (async () => {
            await isCached()
            await ask(73)
          })(),
        ])
      },
    },
    'a helper that returns the promise': {
      async loop() {
        await Promise.all(ids.map(cachedReturned))
      },
      async calls() {
        await Promise.all([cachedReturned(71), cachedReturned(72), cachedReturned(73)])
      },
    },
    'a helper with then': {
      async loop() {
        await Promise.all(ids.map(cachedThen))
      },
      async calls() {
        await Promise.all([cachedThen(71), cachedThen(72), cachedThen(73)])
      },
    },
    'helpers two levels deep': {
      async loop() {
        await Promise.all(ids.map((id) => deep(id)))
      },
      async calls() {
        await Promise.all([deep(71), deep(72), deep(73)])
      },
    },
    'helpers two levels deep, one after the other': {
      async loop() {
        for (const id of ids) {
          const found = await deep(id)
          if (found.rows.length > 1) throw new Error('two of one id')
        }
      },
      async calls() {
        return [(await deep(71)).rows, (await deep(72)).rows, (await deep(73)).rows]
      },
    },
    'Promise.allSettled': {
      async loop() {
        await Promise.allSettled(ids.map((id) => cached(id)))
      },
      async calls() {
        await Promise.allSettled([cached(71), cached(72), cached(73)])
      },
    },
    'Promise.any': {
      async loop() {
        await Promise.any(ids.map((id) => cached(id)))
        await sleep(20)
      },
      async calls() {
        await Promise.any([cached(71), cached(72), cached(73)])
        await sleep(20)
      },
    },
    'Promise.race': {
      async loop() {
        await Promise.race(ids.map((id) => cached(id)))
        await sleep(20)
      },
      async calls() {
        await Promise.race([cached(71), cached(72), cached(73)])
        await sleep(20)
      },
    },
    'a method': {
      async loop() {
        await Promise.all(ids.map((id) => repository.find(id)))
      },
      async calls() {
        await Promise.all([repository.find(71), repository.find(72), repository.find(73)])
      },
    },
    'a helper that asks twice': {
      async loop() {
        await Promise.all(ids.map((id) => twice(id)))
      },
      async calls() {
        await Promise.all([twice(71), twice(72), twice(73)])
      },
    },
    'two helpers in each turn': {
      async loop() {
        for (const id of ids) await Promise.all([cached(id), direct(id + 10)])
      },
      async calls() {
        await Promise.all([cached(71), direct(81)])
        await Promise.all([cached(72), direct(82)])
        await Promise.all([cached(73), direct(83)])
      },
    },
    'promises that are collected in an array': {
      async loop() {
        const jobs = []
        for (const id of ids) jobs.push(cached(id))
        await Promise.all(jobs)
      },
      async calls() {
        const jobs = []
        jobs.push(cached(71))
        jobs.push(cached(72), cached(73))
        await Promise.all(jobs)
      },
    },
    'an array of promises with a name': {
      async loop() {
        const jobs = ids.map((id) => cached(id))
        await Promise.all(jobs)
      },
      async calls() {
        const jobs = [cached(71), cached(72), cached(73)]
        await Promise.all(jobs)
      },
    },
    'promises that are begun first and awaited later': {
      async loop() {
        const begun = new Map(ids.map((id) => [id, direct(id)]))
        for (const promise of begun.values()) await promise
      },
      async calls() {
        const first = cached(71)
        const second = cached(72)
        const third = cached(73)
        return [await first, await second, await third]
      },
    },
    'a Promise.all that another function returns': {
      async loop() {
        await loadAll(ids)
      },
      async calls() {
        await loadThree()
      },
    },
    'one then after the other': {
      async loop() {
        await ids.reduce<Promise<unknown>>((before, id) => before.then(() => cached(id)), Promise.resolve())
      },
      async calls() {
        await cached(71)
          .then(() => cached(72))
          .then(() => cached(73))
      },
    },
    'for await': {
      async loop() {
        for await (const found of each()) if (found.rows.length > 1) throw new Error('two of one id')
      },
      async calls() {
        for await (const found of three()) if (found.rows.length > 1) throw new Error('two of one id')
      },
    },
    'a function that calls itself': {
      async loop() {
        await walk(71)
      },
      async calls() {
        await deep(71)
        await deep(72)
        await deep(73)
      },
    },
    'a limit of how many run at once': {
      async loop() {
        const limit = limitTo(2)
        await Promise.all(ids.map((id) => limit(() => direct(id))))
      },
      async calls() {
        const limit = limitTo(2)
        await Promise.all([limit(() => direct(71)), limit(() => direct(72)), limit(() => direct(73))])
      },
    },
    'a function that takes a callback for each': {
      loop: () => mapSeries(ids, (id) => cached(id)),
      async calls() {
        await mapSeries([71], (id) => cached(id))
        await mapSeries([72], (id) => cached(id))
        await mapSeries([73], (id) => cached(id))
      },
    },
    'a callback of something that answers later': {
      async loop() {
        await Promise.all(
          ids.map(
            (id) =>
              new Promise((resolve, reject) => {
                later(() => {
                  ask(id).then(resolve, reject)
                })
              }),
          ),
        )
      },
      async calls() {
        await inPromise(71)
        await inPromise(72)
        await inPromise(73)
      },
    },
    'calls that nobody awaits': {
      async loop() {
        // biome-ignore lint/nursery/noMisusedPromises: that is the mistake
        ids.forEach(async (id) => {
          await isCached()
          await ask(id)
        })
        await sleep(20)
      },
      async calls() {
        later(() => void inPromise(71))
        later(() => void inPromise(72))
        later(() => void inPromise(73))
        await sleep(20)
      },
    },
    'callbacks of the driver': {
      loop: () =>
        new Promise<void>((done) => {
          let open = ids.length
          for (const id of ids) {
            pool.query('select name from things where id = $1', [id], () => {
              if (--open === 0) done()
            })
          }
        }),
      calls: () =>
        new Promise<void>((done) => {
          pool.query('select name from things where id = $1', [71], () => {
            pool.query('select name from things where id = $1', [72], () => {
              pool.query('select name from things where id = $1', [73], () => done())
            })
          })
        }),
    },
    'a call that is tried again': {
      async loop() {
        for (const id of ids) await retried(() => cached(id))
      },
      async calls() {
        await retried(() => Promise.all([cached(71), cached(72), cached(73)]))
      },
    },
    writes: {
      async loop() {
        for (const id of ids) await pool.query('insert into notes (thing) values ($1)', [id])
      },
      async calls() {
        await pool.query('insert into notes (thing) values ($1)', [71])
        await pool.query('insert into notes (thing) values ($1)', [72])
        await pool.query('insert into notes (thing) values ($1)', [73])
      },
    },
    'Drizzle, awaited': {
      async loop() {
        for (const id of ids) await select(id)
      },
      async calls() {
        await select(71)
        await select(72)
        await select(73)
      },
    },
    'Drizzle in Promise.all': {
      async loop() {
        await Promise.all(ids.map((id) => db.select().from(things).where(eq(things.id, id))))
      },
      async calls() {
        await Promise.all([
          db.select().from(things).where(eq(things.id, 71)),
          db.select().from(things).where(eq(things.id, 72)),
          db.select().from(things).where(eq(things.id, 73)),
        ])
      },
    },
    'Drizzle on one line of Promise.all': {
      async loop() {
        return await Promise.all(ids.map((id) => db.$count(things, eq(things.id, id))))
      },
      // biome-ignore format: the calls are on one line
      async calls() {
        return await Promise.all([db.$count(things, eq(things.id, 71)), db.$count(things, eq(things.id, 72)), db.$count(things, eq(things.id, 73))])
      },
    },
    'a helper that builds, in Promise.all': {
      async loop() {
        await Promise.all(ids.map((id) => select(id)))
      },
      async calls() {
        await Promise.all([select(71), select(72), select(73)])
      },
    },
    'a helper that awaits Drizzle': {
      async loop() {
        await Promise.all(ids.map((id) => selected(id)))
      },
      async calls() {
        await Promise.all([selected(71), selected(72), selected(73)])
      },
    },
    'inserts of Drizzle in Promise.all': {
      async loop() {
        await Promise.all(ids.map((id) => db.insert(things).values({ id }).onConflictDoNothing()))
      },
      async calls() {
        await Promise.all([
          db.insert(things).values({ id: 71 }).onConflictDoNothing(),
          db.insert(things).values({ id: 72 }).onConflictDoNothing(),
          db.insert(things).values({ id: 73 }).onConflictDoNothing(),
        ])
      },
    },
  }
}
