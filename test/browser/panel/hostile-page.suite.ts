// Does what a hostile page in the same browser could do while the panel is open in another tab, so that its cookie is there: the
// page reads nothing and triggers nothing.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RequestRow } from '../../../src/panel/panel-api.ts'
import { type RunningPanel, startPanel } from '../../../src/panel/server/start-panel.ts'
import { each, q, trace } from '../../trace-builder.ts'
import { launchChromium } from '../launch-chromium.ts'
import { connectProcess } from './fake-process.ts'

const SECRET = 'secret_table_of_the_application'
const PATIENCE_MS = 15_000
const NAME = 'rebinding.example'
const browser = await launchChromium(`--host-resolver-rules=MAP ${NAME} 127.0.0.1`)
afterAll(() => browser.close())

let panel: RunningPanel
let row: RequestRow
let context: BrowserContext
let port: number

beforeAll(async () => {
  panel = await startPanel({ port: 0 })
  const process = await connectProcess(panel.address)
  const queries = each([1, 2, 3, 4, 5, 6], (id) => q(`select * from ${SECRET} where id = $1`, [id]))
  process.sendTrace('id-of-the-only-request', trace('GET /orders', queries))
  const heard = await panel.api.awaitRequest({ after: 0, timeoutMs: PATIENCE_MS })
  if (!heard) throw new Error('the panel got no request')
  row = heard

  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>A hostile page</title><body>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port

  context = await browser.newContext()
  const tab = await context.newPage()
  await tab.goto(panel.address)
  await tab.locator('#requests [role=option]', { hasText: 'GET /orders' }).waitFor()
  return async () => {
    await context.close()
    process.close()
    server.close()
    server.closeAllConnections()
    await panel.close()
  }
})

/** Each way to ask, with what came back. */
async function attack(page: Page): Promise<Record<string, string>> {
  return page.evaluate(hostileScript, { panel: panel.url.replace(/\/$/, ''), id: row.id })
}

/** Runs in the page. Every answer that a page gets is part of what it returns. */
async function hostileScript({ panel, id }: { panel: string; id: string }): Promise<Record<string, string>> {
  const got: Record<string, string> = {}
  const patienceMs = 1500
  const pause = (ms: number) => new Promise<string>((resolve) => setTimeout(resolve, ms, 'nothing'))
  const note = async (name: string, answer: Promise<string>) => {
    got[name] = await Promise.race([answer.catch((error) => `refused: ${error}`), pause(patienceMs)])
  }
  const pin = JSON.stringify([id, true])
  const json = { 'content-type': 'application/json' }
  const credentials = 'include'
  const read = async (response: Response) => `${response.type} ${await response.text()}`
  const tries: [string, string, RequestInit][] = [
    ['page', '/', {}],
    ['events', '/events', {}],
    ['badge', `/badge?ids=${id}`, {}],
    ['status', '/api/status', {}],
    ['requests', '/api/requests', { method: 'POST', headers: json, body: '[]' }],
    ['request', '/api/request', { method: 'POST', headers: json, body: JSON.stringify([id]) }],
    ['pin', '/api/pin', { method: 'POST', headers: json, body: pin }],
    ['pin as text', '/api/pin', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: pin }],
    ['process', '/process', {}],
  ]
  await Promise.all(
    tries.flatMap(([name, path, init]) => [
      note(`fetch ${name}`, fetch(panel + path, { credentials, ...init }).then(read)),
      note(
        `no-cors ${name}`,
        fetch(panel + path, { credentials, mode: 'no-cors', ...init, headers: {} }).then(read),
      ),
      note(
        `XMLHttpRequest ${name}`,
        new Promise((resolve, reject) => {
          const request = new XMLHttpRequest()
          request.open(init.method ?? 'GET', panel + path)
          request.withCredentials = true
          for (const [header, value] of Object.entries((init.headers ?? {}) as Record<string, string>))
            request.setRequestHeader(header, value)
          request.onload = () => resolve(request.responseText)
          request.onerror = reject
          request.send((init.body as string) ?? null)
        }),
      ),
    ]),
  )
  const beacon = navigator.sendBeacon(`${panel}/api/pin`, new Blob([pin], { type: 'text/plain' }))
  got.beacon = `sent: ${beacon}`
  await note(
    'EventSource',
    new Promise((resolve, reject) => {
      const source = new EventSource(`${panel}/events`, { withCredentials: true })
      for (const kind of ['message', 'requests', 'status', 'findings', 'reset', 'open'])
        source.addEventListener(kind, (event) => resolve((event as MessageEvent).data ?? kind))
      source.onerror = reject
    }),
  )
  for (const path of ['/process', '/events', '/']) {
    await note(
      `WebSocket ${path}`,
      new Promise((resolve, reject) => {
        const socket = new WebSocket(panel.replace('http', 'ws') + path)
        socket.onopen = () => resolve('open')
        socket.onmessage = ({ data }) => resolve(String(data))
        socket.onerror = reject
      }),
    )
  }
  for (const [tag, attribute] of [
    ['img', 'src'],
    ['script', 'src'],
    ['link', 'href'],
    ['iframe', 'src'],
    ['object', 'data'],
    ['video', 'src'],
  ] as const) {
    for (const path of ['/', '/events', '/api/requests', `/badge?ids=${id}`]) {
      await note(
        `${tag} ${path}`,
        new Promise((resolve, reject) => {
          const element = document.createElement(tag) as HTMLIFrameElement
          element.setAttribute(attribute, panel + path)
          if (tag === 'link') element.setAttribute('rel', 'stylesheet')
          element.onload = () => {
            try {
              resolve(`loaded ${element.contentDocument?.body?.textContent ?? ''}`)
            } catch (error) {
              reject(error)
            }
          }
          element.onerror = () => reject(new Error('an error'))
          document.body.append(element)
          if (path === '/events') setTimeout(() => element.remove(), 300)
        }),
      )
    }
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const form = document.createElement('form')
    const frame = document.createElement('iframe')
    frame.name = `answer of ${type}`
    form.method = 'post'
    form.action = `${panel}/api/pin`
    form.enctype = type
    form.target = frame.name
    const input = document.createElement('input')
    // As text/plain the body is JSON: `["<id>",true,"="]`.
    input.name = `["${id}",true,"`
    input.value = '"]'
    form.append(input)
    document.body.append(frame, form)
    form.submit()
  }
  await pause(patienceMs)
  return got
}

async function expectNothing(got: Record<string, string>, page: Page): Promise<void> {
  const all = JSON.stringify(got)
  expect(all).not.toContain(SECRET)
  expect(all).not.toContain('GET /orders')
  expect(all).not.toContain('startedAt')
  expect(
    Object.entries(got).filter(
      ([name, answer]) => /^WebSocket|^EventSource/.test(name) && !/^(refused|nothing)/.test(answer),
    ),
  ).toEqual([])
  for (const frame of page.frames())
    expect(await frame.evaluate(() => document.body?.textContent ?? '').catch(() => '')).not.toContain(
      'GET /orders',
    )
  const [now] = await panel.api.requests()
  expect(now?.pinned).toBeUndefined()
}

describe.each([
  ['another site, localhost', () => `http://localhost:${port}`],
  ['the same site on another port, to which the browser sends the cookie', () => `http://127.0.0.1:${port}`],
  ['a name that points to loopback', () => `http://${NAME}:${port}`],
])('a page of %s', (_, origin) => {
  test('reads nothing and triggers nothing', async () => {
    const page = await context.newPage()
    await page.goto(origin())
    await expectNothing(await attack(page), page)
    await page.close()
  })

  test('a sandboxed frame and a data: address in it, whose origin is `null`, read nothing and trigger nothing', async () => {
    const page = await context.newPage()
    await page.goto(origin())
    await page.evaluate(() => {
      for (const [name, value] of [
        ['srcdoc', '<body>'],
        ['src', 'data:text/html,<body>'],
      ] as const) {
        const frame = document.createElement('iframe')
        frame.sandbox.add('allow-scripts', 'allow-forms', 'allow-popups')
        frame.setAttribute(name, value)
        document.body.append(frame)
      }
    })
    await expect.poll(() => page.frames().length).toBe(3)
    for (const frame of page.frames().slice(1)) {
      const got = await frame.evaluate(hostileScript, { panel: panel.url.replace(/\/$/, ''), id: row.id })
      await expectNothing(got, page)
    }
    await page.close()
  })

  test('cannot reach into a window of the panel that it opened', async () => {
    const page = await context.newPage()
    await page.goto(origin())
    const popup = context.waitForEvent('page')
    await page.evaluate((url) => {
      Object.assign(window, { opened: window.open(url) })
    }, panel.url)
    const opened = await popup
    await opened.waitForLoadState()
    const reached = await page.evaluate(() => {
      const { opened } = window as unknown as { opened: Window | null }
      try {
        return opened?.document?.body?.textContent || 'nothing'
      } catch (error) {
        return String((error as Error).name)
      }
    })
    expect(['nothing', 'SecurityError', 'TypeError']).toContain(reached)
    await opened.close()
    await page.close()
  })
})

test('a name that points to loopback is refused also when it is the address of the panel itself', async () => {
  const page = await context.newPage()
  const response = await page.goto(panel.url.replace('127.0.0.1', NAME))
  expect(response?.status()).toBeGreaterThanOrEqual(400)
  const got = await page.evaluate(hostileScript, {
    panel: panel.url.replace(/\/$/, '').replace('127.0.0.1', NAME),
    id: row.id,
  })
  await expectNothing(got, page)
  await page.close()
})

test('a link with a bad token shows no data, and leaves the cookie of the good one as it is', async () => {
  const page = await context.newPage()
  const cookies = await context.cookies()
  const response = await page.goto(`${panel.url}?token=${'x'.repeat(43)}`)
  expect(response?.status()).toBe(403)
  expect(await page.textContent('body')).not.toContain('GET /orders')
  expect(await context.cookies()).toEqual(cookies)
  await page.close()
})

test('the cookie is for no script, and is sent by no page of another site', async () => {
  const cookies = await context.cookies(panel.url)
  expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict' })])
})

test('without the token the page shows no data and says what to open', async () => {
  const stranger = await browser.newContext()
  const page = await stranger.newPage()
  await page.goto(panel.url)
  await page.getByText('Open the address that pg-loupe dev printed').waitFor()
  expect(await page.textContent('body')).not.toContain('GET /orders')
  await stranger.close()
})

test('a link of another site opens a request for who has the cookie', async () => {
  const page = await context.newPage()
  await page.goto(`http://localhost:${port}`)
  await page.evaluate((url) => {
    const link = document.createElement('a')
    link.href = url
    link.textContent = 'the request'
    document.body.append(link)
  }, `${panel.url}#request=${row.id}`)
  await page.getByText('the request').click()
  await page.getByText(SECRET).first().waitFor()
  await page.close()
})
