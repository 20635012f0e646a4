// The answers for coding agents: what they say, how large they get, and how they treat text from the application.
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { ANSWER_BYTES, bytesOf } from '../../src/agents/answer.ts'
import { shortKey } from '../../src/agents/short-key.ts'
import type { Tool } from '../../src/agents/tool.ts'
import { compare } from '../../src/agents/tools/compare.ts'
import { explainQuery } from '../../src/agents/tools/explain-query.ts'
import { getFinding } from '../../src/agents/tools/get-finding.ts'
import { getTrace } from '../../src/agents/tools/get-trace.ts'
import { tools } from '../../src/agents/tools/index.ts'
import { listFindings } from '../../src/agents/tools/list-findings.ts'
import { listRequests } from '../../src/agents/tools/list-requests.ts'
import type { PlanNode } from '../../src/panel/panel-api.ts'
import { finding, HOSTILE, hostileFinding, manyFindings, reportOf, UNSEEN } from '../report-builder.ts'
import { q, trace } from '../trace-builder.ts'
import { fixed, loop, panelOf, sourcesOf } from './agent-fixture.ts'

describe('a finding', () => {
  test('is listed with its key, route, line and the call that shows it in full', async () => {
    const sources = sourcesOf(await panelOf([loop(), fixed()]))
    const { findings, total, next } = await listFindings.answer(sources, {})
    expect(findings).toMatchObject([
      {
        title: '«N+1: customers, 12 queries, one for each row of orders»',
        route: '«GET /orders»',
        at: '«src/orders.ts:7:23 list»',
        savesRoundTrips: 11,
        requests: '1 of 2',
      },
    ])
    expect([total, next]).toEqual([1, expect.stringContaining(`get_finding {"key":"${findings[0]?.key}"}`)])
  })

  test('is told with its proof, its parent query, its remedy, what that saves and how to verify it', async () => {
    const api = await panelOf([loop()])
    const key = shortKey((await api.findings())[0]?.finding.key ?? '')
    const answer = await getFinding.answer(sourcesOf(api), { key })
    expect(answer).toMatchObject({
      key,
      confidence: 'proven',
      request: '1',
      at: '«src/orders.ts:7:23 list»',
      parent: {
        query: '«select id, customer_id from orders»',
        position: 0,
        rows: 12,
        at: '«src/orders.ts:5:20 list»',
      },
      fix: ['«select id, name from customers where id = any($1)»'],
      saves: ['11 round trips'],
      callers: ['«src/app.ts:3 handle»'],
    })
    expect(answer.why).toMatch(/customer_id of 12 rows/)
    expect(answer.verify.join('\n')).toContain(`verify_fix {"key":"${key}","waitSeconds":0}`)
  })

  test('is found by its whole key, its short key and an unambiguous beginning of either', async () => {
    const api = await panelOf([loop()])
    const { key } = (await api.findings())[0]?.finding ?? { key: '' }
    const keys = [key, shortKey(key), shortKey(key).slice(0, 3), key.slice(0, 12), `«${shortKey(key)}»`]
    const answers = await Promise.all(keys.map((given) => getFinding.answer(sourcesOf(api), { key: given })))
    expect(answers.map((answer) => answer.key)).toEqual(keys.map(() => shortKey(key)))
  })

  test('is not guessed: an ambiguous beginning names the keys, an unknown key the call that lists them', async () => {
    const sources = sourcesOf(await panelOf([], { report: reportOf(...manyFindings(3)) }))
    await expect(getFinding.answer(sources, { key: 'n-plus-one' })).rejects.toThrow(
      /3 findings .*[\da-f]{8}, [\da-f]{8}/,
    )
    await expect(getFinding.answer(sources, { key: 'nothing' })).rejects.toThrow(
      /To see the keys: list_findings/,
    )
    await expect(getFinding.answer(sources, { key: '' })).rejects.toThrow(/list_findings/)
  })

  test('is shown with the source of its lines, from the folder of its process', async () => {
    const api = await panelOf([loop()])
    const process = { id: 'p', folder: '/shop' }
    const status = await api.status()
    const row = await api.request('1')
    const running = {
      ...api,
      status: async () => ({ ...status, processes: [process] as never }),
      request: async () => ({ ...row, request: { ...row.request, process: 'p' } }),
    }
    const sources = sourcesOf(running, {
      readSource: ({ file, line }, folder) => [`> ${folder} ${file} ${line}`],
    })
    const answer = await getFinding.answer(sources, { key: 'n-plus' })
    expect(answer.source).toEqual(['> /shop src/orders.ts 7'])
    expect(answer.evidence?.[1]?.source).toEqual(['> /shop src/orders.ts 5'])
  })
})

describe('a trace', () => {
  test('groups equal queries of a line, with the position of the first', async () => {
    const { groups, next } = await getTrace.answer(sourcesOf(await panelOf([loop()])), { id: '1' })
    expect(groups).toMatchObject([
      { count: 1, first: 0, rows: 12 },
      { count: 12, first: 1, rows: 12, bytes: 120, query: '«select name from customers where id = ?»' },
    ])
    expect(next).toMatch(/get_finding/)
  })

  test('is given whole in pages that together hold each query once', async () => {
    const sources = sourcesOf(await panelOf([loop(300)]))
    const positions: number[] = []
    let cursor: string | undefined
    do {
      const page = await getTrace.answer(sources, { id: '1', whole: true, cursor })
      expect(bytesOf(page)).toBeLessThanOrEqual(ANSWER_BYTES)
      positions.push(...(page.queries ?? []).map(({ position }) => position))
      expect(page.leftOut).toBe(page.cursor && `${301 - positions.length} more queries`)
      cursor = page.cursor
    } while (cursor)
    expect(positions).toEqual(Array.from({ length: 301 }, (_, at) => at))
  })

  test('says how many queries were counted and not kept', async () => {
    const cut = {
      ...trace('GET /x', q('select 1')),
      truncated: 7,
      onlyCounted: { queries: 3, control: 0, databaseMs: 1 },
    }
    const { notKept, request } = await getTrace.answer(sourcesOf(await panelOf([cut])), { id: '1' })
    expect(notKept).toBe(
      '3 queries before these were only counted; 7 queries after these were counted, not kept',
    )
    expect(request).toMatchObject({ queries: 11, capture: 'partial' })
  })
})

describe('requests', () => {
  test('come newest first, in pages without gaps', async () => {
    const sources = sourcesOf(await panelOf(Array.from({ length: 250 }, () => fixed())))
    const numbers: number[] = []
    let cursor: string | undefined
    do {
      const page = await listRequests.answer(sources, { cursor })
      expect(bytesOf(page)).toBeLessThanOrEqual(ANSWER_BYTES)
      expect(page.newest).toBe(250)
      numbers.push(...page.requests.map(({ number }) => number))
      cursor = page.cursor
    } while (cursor)
    expect(numbers).toEqual(Array.from({ length: 250 }, (_, at) => 250 - at))
  })

  test('are compared by what is gone, new, more and fewer', async () => {
    const sources = sourcesOf(await panelOf([loop(), fixed()]))
    const compared = await compare.answer(sources, { before: '1', after: '2' })
    expect(compared).toMatchObject({ queries: '13 → 2', same: 1, findings: { gone: [{}] } })
    expect(compared.statements.map(({ change, queries }) => [change, queries])).toEqual([
      ['gone', '12 → 0'],
      ['new', '0 → 1'],
    ])
  })

  test('that do not exist lead to the list', async () => {
    const sources = sourcesOf(await panelOf([loop()]))
    await expect(getTrace.answer(sources, { id: '9' })).rejects.toThrow(/To see the requests: list_requests/)
    await expect(compare.answer(sources, { before: '1', after: 'x' })).rejects.toThrow(/list_requests/)
  })
})

test('a plan is a tree of lines, in pages', async () => {
  const api = await panelOf([loop()])
  const node = (plans: readonly PlanNode[]): PlanNode => ({
    type: 'Nested Loop',
    relation: 'orders',
    details: [{ label: 'Filter', text: '(id = $1)' }],
    startupCost: 0,
    totalCost: 8.5,
    rows: 1,
    width: 4,
    plans,
  })
  const deep = Array.from({ length: 100 }).reduce<PlanNode>((below) => node([below]), node([]))
  const explaining = { ...api, explain: async () => ({ sql: 'select 1', plan: deep, json: [] }) }
  const page = await explainQuery.answer(sourcesOf(explaining), { id: '1', query: 0 })
  expect(page.plan.slice(0, 3)).toEqual([
    '«Nested Loop on orders» (cost=0..8.5 rows=1 width=4)',
    '    «Filter: (id = $1)»',
    '  «Nested Loop on orders» (cost=0..8.5 rows=1 width=4)',
  ])
  expect(page.leftOut).toMatch(/^\d+ more lines$/)
  expect(bytesOf(page)).toBeLessThanOrEqual(ANSWER_BYTES)
})

test('files refuse what needs a running application, with the command that starts one', async () => {
  const sources = sourcesOf(await panelOf([loop()]))
  for (const [name, input] of [
    ['await_request', {}],
    ['verify_fix', { key: 'n-plus-one' }],
    ['explain_query', { id: '1', query: 0 }],
  ] as const) {
    const tool = tools.find((one) => one.name === name) as Tool
    await expect(tool.answer(sources, input), name).rejects.toThrow(/npx pg-loupe dev -- npm run dev/)
  }
})

test('a report alone has findings, and says how to get requests', async () => {
  const sources = sourcesOf(await panelOf([], { report: reportOf(finding()) }))
  expect((await listFindings.answer(sources, {})).total).toBe(1)
  expect((await getFinding.answer(sources, { key: 'n-plus' })).fix).toEqual([
    '«select id, name from customers where id = any($1)»',
  ])
  await expect(getTrace.answer(sources, { id: '1' })).rejects.toThrow(/list_requests/)
})

describe('an answer to a hostile application', () => {
  const long = `${HOSTILE} « » ${'x'.repeat(9000)}`
  const many = manyFindings(400, {
    title: long,
    detail: long,
    remediation: long,
    fix: Array.from({ length: 500 }, () => long).join('\n'),
    evidence: Array.from({ length: 50 }, () => ({
      label: long,
      text: long,
      callSite: { file: long, line: 1 },
    })),
    callSite: Array.from({ length: 50 }, () => ({ file: long, line: 1, function: long })),
  })
  const traces = Array.from({ length: 3 }, (_, at) => ({
    ...trace(
      `GET /${at} ${long}`,
      Array.from({ length: 200 }, (_, id) => q(`select ${id} /* ${long} */ from t${id}`)),
    ),
    labels: { status: '200', other: long },
  }))

  test.each<[string, object]>([
    ['list_findings', {}],
    ['get_finding', { key: 'n-plus-one | GET /7 |' }],
    ['get_finding', { key: HOSTILE }],
    ['list_requests', {}],
    ['get_trace', { id: '1' }],
    ['get_trace', { id: '1', whole: true }],
    ['compare', { before: '1', after: '2' }],
  ])(
    '%s: has at most 8 KB, no null, no control character and only closed quotations',
    async (name, input) => {
      const api = await panelOf(traces, { report: reportOf(...many, hostileFinding()) })
      const tool = tools.find((one) => one.name === name) as Tool
      const readSource = () => Array.from({ length: 20 }, () => `> 1 «${'y'.repeat(150)}»`)
      const answer = await tool.answer(sourcesOf(api, { readSource }), input)
      expect(bytesOf(answer)).toBeLessThanOrEqual(ANSWER_BYTES)
      for (const text of textsOf(answer)) {
        expect(text).not.toMatch(UNSEEN)
        expect(text).toMatch(/^[^«»]*(«[^«»]*»[^«»]*)*$/)
      }
      expect(answer).toSatisfy((value: object) => !JSON.stringify(value).includes(':null'))
    },
  )

  test('get_finding says what it left out', async () => {
    const api = await panelOf([], { report: reportOf(...many) })
    const { leftOut } = await getFinding.answer(sourcesOf(api), { key: 'n-plus-one | GET /7 |' })
    expect(leftOut).toMatch(/evidence/)
  })
})

test('the descriptions of all tools are short', () => {
  const texts = tools.map(({ name, title, description, input }) => [
    name,
    title,
    description,
    describeInput(input),
  ])
  expect(JSON.stringify(texts).length).toBeLessThan(4000)
})

function describeInput(input: v.GenericSchema): unknown {
  return Object.entries((input as v.ObjectSchema<v.ObjectEntries, undefined>).entries).map(
    ([name, entry]) => [name, v.getDescription(entry as v.GenericSchema)],
  )
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}
