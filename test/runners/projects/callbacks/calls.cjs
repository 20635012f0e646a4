// Three explicit calls of one helper: the fixed twins of the loops. None of them is a loop.
const async = require('async')
const Bluebird = require('bluebird')
const neoAsync = require('neo-async')
const pLimit = require('p-limit')

module.exports = (pool) => {
  const text = 'select name from authors where id = $1'

  function load(id, done) {
    pool.query(text, [id], (error, result) => done(error, result?.rows[0]))
  }
  async function loaded(id) {
    const { rows } = await pool.query(text, [id])
    return rows[0]
  }
  async function cached(id) {
    await new Promise((resolve) => setImmediate(resolve))
    return await loaded(id)
  }

  return {
    'one callback in the other': (done) => {
      load(1, () => {
        load(2, () => {
          load(3, done)
        })
      })
    },
    'one callback in the other, on one line': (done) => load(1, () => load(2, () => load(3, done))),
    'side by side': (done) => {
      let answered = 0
      const count = () => {
        answered++
        if (answered === 3) done()
      }
      load(1, count)
      load(2, count)
      load(3, count)
    },
    'async.series': (done) => {
      async.series(
        [(called) => load(1, called), (called) => load(2, called), (called) => load(3, called)],
        done,
      )
    },
    'async.series of bound functions': (done) => {
      async.series([load.bind(null, 1), load.bind(null, 2), load.bind(null, 3)], done)
    },
    'async.parallel': (done) => {
      async.parallel(
        {
          author: (called) => load(1, called),
          editor: (called) => load(2, called),
          reader: (called) => load(3, called),
        },
        done,
      )
    },
    'async.waterfall': (done) => {
      async.waterfall(
        [
          (called) => load(1, called),
          (_author, called) => load(2, called),
          (_editor, called) => load(3, called),
        ],
        done,
      )
    },
    'async.auto': (done) => {
      async.auto(
        {
          author: (called) => load(1, called),
          editor: ['author', (_found, called) => load(2, called)],
          reader: ['editor', (_found, called) => load(3, called)],
        },
        done,
      )
    },
    'async.queue, pushed three times': (done) => {
      const queue = async.queue((id, called) => load(id, called), 2)
      queue.drain(() => done())
      queue.push(1)
      queue.push(2)
      queue.push(3)
    },
    'neo-async.series': (done) => {
      neoAsync.series(
        [(called) => load(1, called), (called) => load(2, called), (called) => load(3, called)],
        done,
      )
    },
    'p-limit': () => {
      const limit = pLimit(2)
      return Promise.all([limit(() => loaded(1)), limit(() => loaded(2)), limit(() => loaded(3))])
    },
    'p-limit, a helper by its name': () => {
      const limit = pLimit(2)
      return Promise.all([limit(loaded, 1), limit(loaded, 2), limit(loaded, 3)])
    },
    'Bluebird.all': () => Bluebird.all([cached(1), cached(2), cached(3)]),
    'Bluebird.join': () => Bluebird.join(cached(1), cached(2), cached(3), () => undefined),
    'then, three times': () =>
      loaded(1)
        .then(() => loaded(2))
        .then(() => loaded(3)),
    'three timers': (done) => {
      setTimeout(loaded, 1, 1)
      setTimeout(loaded, 1, 2)
      setTimeout(loaded, 1, 3)
      setTimeout(done, 50)
    },
  }
}
