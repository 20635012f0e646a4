// Tests what the page does when the panel is gone, refuses it, or continues; and its stream of events.
import { Window } from 'happy-dom'
import { describe, expect, test } from 'vitest'
import { GoneError, listenToPanel, panelApi, TokenError } from '../../../src/panel/page/panel-client.ts'
import { memoryPanel, openLivePage } from './open-live-page.ts'

describe('the page', () => {
  test.for([
    [new GoneError('gone'), 'The panel is gone.', 'Start pg-loupe dev again'],
    [new TokenError('refused'), 'The panel refuses this page.', 'Open the address that pg-loupe dev printed'],
  ] as const)('says %s with what to do, keeps its list, and continues', async ([error, title, advice], t) => {
    const panel = memoryPanel()
    panel.count('GET /health')
    const page = await openLivePage(t, panel)
    panel.lose(error)
    await page.settle()
    expect(page.text('.banner:not([hidden])')).toContain(title)
    expect(page.text('.banner')).toContain(advice)
    expect(page.texts('#requests .route')).toEqual(['GET /health'])
    panel.restore()
    panel.count('GET /after')
    await page.settle()
    expect(page.all('.banner:not([hidden])')).toEqual([])
    expect(page.texts('#requests .route')).toEqual(['GET /after', 'GET /health'])
  })

  test('asks for its list again when what it has cannot be continued', async (t) => {
    const panel = memoryPanel()
    panel.count('GET /of-the-former-panel')
    const page = await openLivePage(t, panel)
    panel.rows.length = 0
    panel.reset()
    await page.settle()
    expect(page.texts('#requests .route')).toEqual([])
    panel.count('GET /new')
    await page.settle()
    expect(page.texts('#requests .route')).toEqual(['GET /new'])
  })

  test('shows what was dropped', async (t) => {
    const panel = memoryPanel()
    const page = await openLivePage(t, panel)
    expect(page.all('.left-out:not([hidden])')).toEqual([])
    panel.drop({ traces: 1, unsent: 3 })
    await page.settle()
    expect(page.text('.left-out:not([hidden])')).toContain('1 old trace was removed to make room')
    expect(page.text('.left-out')).toContain('3 traces were not sent')
  })

  test('says what an action failed with', async (t) => {
    const panel = memoryPanel()
    const row = panel.count('GET /health')
    const page = await openLivePage(t, panel, { hash: `#request=${row.id}` })
    panel.lose(new Error('No process is connected.'))
    await page.click('.action')
    expect(page.text('.notice:not([hidden])')).toContain('No process is connected.')
    await page.click('.notice button')
    expect(page.all('.notice:not([hidden])')).toEqual([])
  })
})

describe('the stream of events', () => {
  const listen = () => {
    const opened: FakeSource[] = []
    class FakeSource extends EventTarget {
      isClosed = false
      readonly url: string
      constructor(url: string) {
        super()
        this.url = url
        opened.push(this)
      }
      close() {
        this.isClosed = true
      }
      tell(kind: string, id: string, data: unknown) {
        const event = new MessageEvent(kind, { data: JSON.stringify(data), lastEventId: id })
        this.dispatchEvent(event)
      }
    }
    const window = new Window({ url: 'http://127.0.0.1:4983/' })
    let visibility = 'visible'
    Object.defineProperty(window.document, 'visibilityState', { get: () => visibility })
    Object.assign(window, { EventSource: FakeSource })
    const heard: unknown[] = []
    listenToPanel(window as unknown as Parameters<typeof listenToPanel>[0], {
      heard: (kind, data) => heard.push([kind, data]),
      connection: (state) => heard.push(state),
    })
    return {
      opened,
      heard,
      show(state: 'visible' | 'hidden') {
        visibility = state
        window.document.dispatchEvent(new window.Event('visibilitychange'))
      },
    }
  }

  test('is closed while the page is hidden, and continues after the last event', () => {
    const { opened, heard, show } = listen()
    expect(opened.map(({ url }) => url)).toEqual(['/events'])
    opened[0]?.tell('requests', 'start-7', [])
    show('hidden')
    expect(opened[0]?.isClosed).toBe(true)
    expect(opened).toHaveLength(1)
    show('visible')
    expect(opened[1]?.url).toBe('/events?after=start-7')
    expect(heard).toEqual([['requests', []]])
  })

  test('is opened again by the page after an error, and not by the browser as well', () => {
    const { opened, heard } = listen()
    opened[0]?.dispatchEvent(new Event('open'))
    opened[0]?.dispatchEvent(new Event('error'))
    expect(opened[0]?.isClosed).toBe(true)
    expect(heard).toEqual(['open', 'lost'])
  })
})

describe('a question', () => {
  const api = (answer: () => Promise<Response>) => {
    const asked: unknown[] = []
    const fetch = (url: string, { body }: RequestInit) => {
      asked.push([url, body])
      return answer()
    }
    return { asked, api: panelApi({ fetch: fetch as typeof globalThis.fetch }) }
  }

  test('is a POST with its arguments, and `null` is no answer', async () => {
    const { api: panel, asked } = api(async () => new Response('null'))
    expect(await panel.pin('one', true)).toBeUndefined()
    expect(asked).toEqual([['/api/pin', '["one",true]']])
  })

  test('fails with the sentence of the panel, with the token, or with the panel itself', async () => {
    const refused = new Response(JSON.stringify({ error: 'It is gone.' }), { status: 404 })
    await expect(api(async () => refused).api.status()).rejects.toThrow('It is gone.')
    const unknown = api(async () => new Response('', { status: 401 })).api.status()
    await expect(unknown).rejects.toBeInstanceOf(TokenError)
    const gone = api(() => Promise.reject(new TypeError('Failed to fetch'))).api.status()
    await expect(gone).rejects.toBeInstanceOf(GoneError)
  })
})
