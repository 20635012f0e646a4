// Twelve rows with one query for each, in all shapes: callbacks, promises that a library starts, and recursive functions.
const { EventEmitter } = require('node:events')
const async = require('async')
const Bluebird = require('bluebird')
const neoAsync = require('neo-async')
const pLimit = require('p-limit')
const pMap = require('p-map')

module.exports = (pool) => {
  const text = 'select name from authors where id = $1'
  const ids = Array.from({ length: 12 }, (_, index) => index + 1)

  function load(id, done) {
    pool.query(text, [id], (error, result) => done(error, result?.rows[0]))
  }
  async function loaded(id) {
    const { rows } = await pool.query(text, [id])
    return rows[0]
  }

  return {
    'async.mapLimit, the driver': (done) => {
      async.mapLimit(ids, 3, (id, called) => pool.query(text, [id], called), done)
    },
    'async.mapLimit, a helper': (done) => {
      async.mapLimit(
        ids,
        3,
        (id, called) => {
          load(id, called)
        },
        done,
      )
    },
    'async.mapLimit, a helper by its name': (done) => async.mapLimit(ids, 3, load, done),
    'async.mapLimit, an async function': async () => {
      await async.mapLimit(ids, 3, async (id) => {
        await pool.query(text, [id])
      })
    },
    'async.mapLimit over rows': (done) => {
      pool.query('select id from books order by id limit 12', (_error, { rows }) => {
        async.mapLimit(
          rows,
          3,
          (row, called) => {
            pool.query(text, [row.id], (error, result) => {
              if (error) return called(error)
              called(null, result.rows[0])
            })
          },
          done,
        )
      })
    },
    'async.eachSeries': (done) => async.eachSeries(ids, (id, called) => load(id, called), done),
    'async.each': (done) => async.each(ids, (id, called) => load(id, called), done),
    'async.eachOfLimit': (done) => async.eachOfLimit(ids, 2, (id, _key, called) => load(id, called), done),
    'async.map': (done) => async.map(ids, load, done),
    'async.queue': (done) => {
      const queue = async.queue((id, called) => load(id, called), 2)
      queue.drain(() => done())
      for (const id of ids) queue.push(id)
    },
    'async.whilst': (done) => {
      const todo = [...ids]
      async.whilst(
        (called) => called(null, todo.length > 0),
        (called) => load(todo.shift(), called),
        done,
      )
    },
    'neo-async.mapLimit': (done) =>
      neoAsync.mapLimit(ids, 3, (id, called) => pool.query(text, [id], called), done),
    'neo-async.eachSeries': (done) => neoAsync.eachSeries(ids, (id, called) => load(id, called), done),
    'p-map': () => pMap(ids, loaded, { concurrency: 3 }),
    'p-limit': () => {
      const limit = pLimit(3)
      return Promise.all(ids.map((id) => limit(() => loaded(id))))
    },
    'p-limit, a helper by its name': () => {
      const limit = pLimit(3)
      return Promise.all(ids.map((id) => limit(loaded, id)))
    },
    'Bluebird.map': () => Bluebird.map(ids, (id) => pool.query(text, [id]), { concurrency: 3 }),
    'Bluebird.mapSeries': () => Bluebird.mapSeries(ids, loaded),
    'a function that calls itself in its callback': (done) => {
      function next(index) {
        if (index === ids.length) return done()
        pool.query(text, [ids[index]], () => next(index + 1))
      }
      next(0)
    },
    'a helper, and a function that calls itself': (done) => {
      const next = (index) => {
        if (index === ids.length) return done()
        load(ids[index], () => next(index + 1))
      }
      next(0)
    },
    'a function that is its own callback': (done) => {
      const todo = [...ids]
      const step = () => {
        if (todo.length === 0) return done()
        load(todo.shift(), step)
      }
      step()
    },
    'a limit of its own': (done) => {
      const todo = [...ids]
      let running = 0
      function fill() {
        while (running < 3 && todo.length > 0) {
          running++
          load(todo.shift(), () => {
            running--
            if (todo.length + running === 0) done()
            else fill()
          })
        }
      }
      fill()
    },
    'then, again and again': () => {
      const next = (index) =>
        index === ids.length ? undefined : loaded(ids[index]).then(() => next(index + 1))
      return next(0)
    },
    'an event for each': (done) => {
      const events = new EventEmitter()
      const todo = [...ids]
      events.on('next', () => {
        if (todo.length === 0) return done()
        load(todo.shift(), () => events.emit('next'))
      })
      events.emit('next')
    },
  }
}
