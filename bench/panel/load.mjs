// Memory of the panel, the application and the page while the shop is under load. The panel's store is filled to its limits before,
// because it grows up to them by intention.
import { readFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { startDevSession } from '../../test/browser/panel/dev-session.ts'
import { connectProcess } from '../../test/browser/panel/fake-process.ts'
import { each, q, trace } from '../../test/trace-builder.ts'
import { quantile } from '../cost/quantiles.ts'

const CONCURRENCY = 4
const SAMPLE_MS = 5000
/** Caches of the application fill during this share of the time. */
const WARM_SHARE = 0.3
const LAST_SHARE = 0.2
const PATHS = [
  '/orders/recent',
  '/orders/recent/fixed',
  '/products',
  '/products/stock',
  '/categories/tree',
  '/customers/7/orders',
  '/orders/open/fixed',
  '/orders/17/invoice',
  '/orders/17',
]
/** Long statements fill the store with fewer messages. */
const FILLING_QUERIES = 40
const FILLING_BATCH = 200
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })

export async function measureLoad({ database, folder, launch, minutes }) {
  const session = await startDevSession(database, folder)
  const browser = await launch()
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } })
    await page.goto(session.address)
    const browserSession = await page.context().newCDPSession(page)
    await fillStore(session.address, page)
    const endsAt = Date.now() + minutes * 60_000
    const samples = []
    let sent = 0
    const worker = async () => {
      while (Date.now() < endsAt) await request(session.shop + PATHS[sent++ % PATHS.length])
    }
    const sampler = async () => {
      while (Date.now() < endsAt) {
        await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS))
        const { processes, dropped, traces, bytes } = await ask(page, 'status')
        const application = processes.find(
          ({ isConnected, program }) => isConnected && /server/.test(program),
        )
        samples.push({
          panel: residentBytes(session.dev.pid),
          application: residentBytes(application?.pid),
          page: await heapOf(browserSession),
          dropped,
          kept: { traces, bytes },
        })
      }
    }
    await Promise.all([sampler(), ...Array.from({ length: CONCURRENCY }, worker)])
    const { dropped, kept } = samples.at(-1)
    return [
      `\n${minutes} minutes of load: ${sent} requests, ${Math.round(sent / minutes)} a minute`,
      `The panel keeps ${JSON.stringify(kept)} and dropped ${JSON.stringify(dropped)}`,
      ...['panel', 'application', 'page'].map((name) => growth(name, samples)),
    ].join('\n')
  } finally {
    await browser.close()
    await session.stop()
    agent.destroy()
  }
}

/** Sends traces until the panel displaces the oldest requests and the oldest traces. */
async function fillStore(address, page) {
  const filler = await connectProcess(address, { program: 'filler.js' })
  const sql = `select ${Array.from({ length: 30 }, (_, at) => `column_${at}`)} from items where id = $1`
  const filling = trace(
    'GET /filling',
    each(Array.from({ length: FILLING_QUERIES }), () => q(sql)),
  )
  const findings = []
  for (let sent = 0; ; ) {
    for (const end = sent + FILLING_BATCH; sent < end; sent++)
      filler.send({ type: 'trace', id: `id-of-the-filling-request-${sent}`, trace: filling, findings })
    const { dropped, requests } = await ask(page, 'status')
    if (dropped.requests > 0 && dropped.traces > 0) break
    if (requests < sent - 5 * FILLING_BATCH) await new Promise((resolve) => setTimeout(resolve, 100))
  }
  filler.close()
}

/** The median right after the warm-up, and at the end. */
function growth(name, samples) {
  const sizes = samples.map((sample) => sample[name])
  const length = Math.max(1, Math.floor(sizes.length * LAST_SHARE))
  const warm = Math.floor(sizes.length * WARM_SHARE)
  const [after, last] = [sizes.slice(warm, warm + length), sizes.slice(-length)].map((some) =>
    quantile(some, 0.5),
  )
  const percent = ((last / after - 1) * 100).toFixed(1)
  const series = sizes.filter((_, at) => at % Math.ceil(sizes.length / 20) === 0).map(megabytes)
  return `- ${name}: ${megabytes(after)} MB after warm-up, ${megabytes(last)} MB at the end (${percent} %); ${series.join(' ')}`
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1)
}

function ask(page, method) {
  return page.evaluate(async (name) => {
    const response = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[]',
    })
    return response.json()
  }, method)
}

async function heapOf(browserSession) {
  await browserSession.send('HeapProfiler.collectGarbage')
  const { usedSize } = await browserSession.send('Runtime.getHeapUsage')
  return usedSize
}

function residentBytes(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

function request(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().once('end', resolve)).once('error', reject)
  })
}
