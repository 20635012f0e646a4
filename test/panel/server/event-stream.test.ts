// The events of a running panel, as a page reads them.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { RequestRow } from '../../../src/panel/panel-api.ts'
import { finding } from '../../report-builder.ts'
import { q, trace } from '../../trace-builder.ts'
import { connectProcess, requestsArrived, type TestPanel, testPanel, traceMessage } from './panel-fixture.ts'

interface PanelEvent {
  name: string
  id: string
  data: unknown
}

const orders = trace('GET /orders', q('select 1'))

/** Opens the stream, and returns the function that waits for the next event. */
async function follow(panel: TestPanel, { path = '/events', ...headers }: Record<string, string> = {}) {
  const asked = httpRequest({
    port: panel.port,
    path,
    headers: { authorization: `Bearer ${panel.token}`, ...headers },
  }).end()
  onTestFinished(() => void asked.destroy())
  asked.on('error', () => {})
  const response = await new Promise<IncomingMessage>((resolve) => asked.once('response', resolve))
  response.on('error', () => {})
  const events: PanelEvent[] = []
  let text = ''
  let wake = () => {}
  response.setEncoding('utf8').on('data', (part: string) => {
    const blocks = `${text}${part}`.split('\n\n')
    text = blocks.pop() ?? ''
    events.push(...blocks.flatMap((block) => readEvent(block) ?? []))
    wake()
  })
  const next = async (name: string): Promise<PanelEvent> => {
    const at = events.findIndex((event) => event.name === name)
    const [found] = at < 0 ? [] : events.splice(0, at + 1).slice(-1)
    if (found) return found
    await new Promise<void>((resolve) => {
      wake = resolve
    })
    return next(name)
  }
  return { next, response, seen: events, end: () => asked.destroy() }
}

function readEvent(block: string): PanelEvent | undefined {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
  const name = field('event')
  return name === undefined
    ? undefined
    : { name, id: field('id') ?? '', data: JSON.parse(field('data') ?? '') }
}

const idsOf = ({ data }: PanelEvent) => (data as RequestRow[]).map(({ id }) => id)

test('a page gets the status first, then new rows and the news that findings changed', async () => {
  const panel = await testPanel()
  const page = await follow(panel)
  expect(page.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  })
  expect((await page.next('status')).data).toMatchObject({ newest: 0, processes: [] })
  const process = await connectProcess(panel)
  process.send(traceMessage('trace-0001', orders, [finding()]))
  expect((await page.next('requests')).data).toMatchObject([{ id: 'trace-0001', route: 'GET /orders' }])
  await page.next('findings')
})

test('many requests are few events, and none is lost', async () => {
  const panel = await testPanel()
  const page = await follow(panel)
  await page.next('status')
  const process = await connectProcess(panel)
  const ids = Array.from({ length: 2000 }, (_, index) => `trace-${String(index).padStart(4, '0')}`)
  process.send(...ids.map((id) => traceMessage(id, orders)))
  const received: string[] = []
  let events = 0
  for (; received.length < ids.length; events++) received.push(...idsOf(await page.next('requests')))
  expect(received).toEqual(ids)
  expect(events).toBeLessThan(200)
})

test('a page that comes back gets what it missed, by its address or by the header of the browser', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  const page = await follow(panel)
  process.send(traceMessage('trace-0001', orders))
  const { id } = await page.next('requests')
  page.end()
  process.send(traceMessage('trace-0002', orders), traceMessage('trace-0003', orders))
  await requestsArrived(panel, 3)
  await panel.api.pin('trace-0001', true)
  const other = await follow(panel)
  while (!idsOf(await other.next('requests')).includes('trace-0003'));
  for (const way of [{ path: `/events?after=${id}` }, { 'last-event-id': id }]) {
    const back = await follow(panel, way)
    expect(idsOf(await back.next('requests'))).toEqual(['trace-0001', 'trace-0002', 'trace-0003'])
  }
})

test.each([
  ['another start of the panel', 'abcdefabcdef-3'],
  ['text that is no id', '<script>'],
  ['a number that is not there yet', 'ID-999'],
])('a page that comes back with the id of %s has to ask again', async (_name, given) => {
  const panel = await testPanel()
  const page = await follow(panel)
  const { id } = await page.next('status')
  const after = given.replace('ID', id.slice(0, id.indexOf('-')))
  const back = await follow(panel, { path: `/events?after=${encodeURIComponent(after)}` })
  await back.next('reset')
})

test('a page that was away for too many requests has to ask again', async () => {
  const panel = await testPanel()
  const page = await follow(panel)
  const { id } = await page.next('status')
  const process = await connectProcess(panel)
  const send = async (from: number) => {
    const ids = Array.from({ length: 1500 }, (_, index) => `trace-${String(from + index).padStart(4, '0')}`)
    process.send(...ids.map((one) => traceMessage(one, orders)))
    const received = new Set<string>()
    while (received.size < ids.length) for (const one of idsOf(await page.next('requests'))) received.add(one)
  }
  await send(0)
  await send(1500)
  const back = await follow(panel, { path: `/events?after=${id}` })
  await back.next('reset')
})

test('a page that does not read is disconnected, and the others go on', async () => {
  const panel = await testPanel()
  const process = await connectProcess(panel)
  const stuck = connect(panel.port, '127.0.0.1')
  onTestFinished(() => void stuck.destroy())
  stuck.write(
    `GET /events HTTP/1.1\r\nHost: 127.0.0.1:${panel.port}\r\nAuthorization: Bearer ${panel.token}\r\n\r\n`,
  )
  await new Promise((resolve) => stuck.once('readable', resolve))
  stuck.pause()
  const ended = new Promise((resolve) => stuck.once('close', resolve))
  stuck.on('error', () => {})
  const page = await follow(panel)
  const long = Array.from({ length: 100 }, (_, index) =>
    finding({ key: `key ${index}`, title: 'x'.repeat(4000) }),
  )
  let number = 0
  let isOpen = true
  void ended.then(() => {
    isOpen = false
  })
  for (let round = 0; round < 40; round++) {
    process.send(traceMessage(`trace-${String(++number).padStart(4, '0')}`, orders, long))
    await page.next('requests')
  }
  stuck.resume()
  await ended
  expect(isOpen).toBe(false)
  process.send(traceMessage('trace-last', orders))
  while (!idsOf(await page.next('requests')).includes('trace-last'));
})
