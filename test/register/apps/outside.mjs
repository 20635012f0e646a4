// Work that belongs to no request, one kind of it in each run. The program does not use pg-loupe.
import { createReadStream } from 'node:fs'
import net from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep, setInterval as ticks } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const TURNS = 12

function touch(id) {
  return pool.query('update books set author_id = author_id where id = $1', [id]) // touch
}

async function touchAll() {
  const { rows } = await pool.query('select id from books order by id')
  for (const { id } of rows) {
    await null
    await touch(id)
  }
}

/** Calls `work` so many times through `on`, and resolves when all of it is done. */
function times(on, work, count = TURNS) {
  return new Promise((resolve) => {
    let begun = 0
    let done = 0
    on(async () => {
      if (begun === count) return
      await work(begun++)
      if (++done === count) resolve()
    })
  })
}

const kinds = {
  async interval() {
    let timer
    await times((tick) => {
      timer = setInterval(tick, 20)
    }, touch)
    clearInterval(timer)
  },
  async 'interval that waits for something else first'() {
    let timer
    await times(
      (tick) => {
        timer = setInterval(tick, 20)
      },
      async (id) => {
        await sleep(1)
        await touch(id)
      },
    )
    clearInterval(timer)
  },
  async 'chain of timeouts'() {
    await new Promise((resolve) => {
      let turn = 0
      const next = async () => {
        await touch(turn)
        if (++turn === TURNS) resolve()
        else setTimeout(next, 20)
      }
      void next()
    })
  },
  async 'loop that sleeps'() {
    for (let turn = 0; turn < TURNS; turn++) {
      await sleep(60)
      await touch(turn)
    }
  },
  async 'loops that sleep side by side'() {
    const worker = async (id) => {
      for (let turn = 0; turn < 4; turn++) {
        await sleep(60)
        await touch(id)
      }
    }
    await Promise.all(Array.from({ length: TURNS }, (_, id) => worker(id)))
  },
  async 'iterated interval'() {
    let turn = 0
    for await (const _ of ticks(700)) {
      await touch(turn)
      if (++turn === 5) break
    }
  },
  async 'messages of a port'() {
    const { port1, port2 } = new MessageChannel()
    await times((heard) => {
      port1.on('message', heard)
      for (let message = 0; message < TURNS; message++) port2.postMessage(message)
    }, touch)
    port1.close()
  },
  async 'messages of a socket'() {
    let tell
    const server = net.createServer((socket) => socket.on('data', tell))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = net.connect(server.address().port, '127.0.0.1')
    await times(
      (heard) => {
        tell = heard
        client.write('next')
      },
      async (id) => {
        await touch(id)
        if (id < TURNS - 1) client.write('next')
      },
    )
    client.destroy()
    server.close()
  },
  async 'notifications that come at once'() {
    const listener = new pg.Client(process.env.DATABASE_URL)
    await listener.connect()
    await listener.query('listen news')
    await times(async (heard) => {
      listener.on('notification', heard)
      await pool.query("select pg_notify('news', g::text) from generate_series(1, $1::int) g", [TURNS])
    }, touch)
    await listener.end()
  },
  'loop of the main program': touchAll,
  async 'loop of the main program after a sleep'() {
    await sleep(60)
    await touchAll()
  },
  async 'loop of a tick'() {
    let timer
    await times(
      (tick) => {
        timer = setInterval(tick, 200)
      },
      touchAll,
      1,
    )
    clearInterval(timer)
  },
  async 'loop through callbacks'() {
    const { rows } = await pool.query('select id from books order by id')
    await new Promise((resolve) => {
      const next = () => {
        const row = rows.shift()
        if (!row) return resolve()
        pool.query('update books set author_id = author_id where id = $1', [row.id], () => setImmediate(next)) // touch back
      }
      next()
    })
  },
  async 'loop over the lines of a file'() {
    for await (const line of createInterface({ input: createReadStream(process.env.LINES) })) {
      await touch(line)
    }
  },
  async 'many different queries'() {
    for (let at = 0; at < 130; at++)
      await pool.query(
        `select ${Array(at + 1)
          .fill('id')
          .join(', ')} from books`,
      )
  },
}

// Makes code that has already sent a query create the timers and sockets.
await pool.query('select 1')
await kinds[process.env.KIND]()
await pool.end()
