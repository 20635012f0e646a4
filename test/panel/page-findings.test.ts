// The findings as the page draws them, while requests arrive over time.
import { expect, test } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'
import { pageAnswers } from '../../src/panel/page-answers.ts'
import { PanelError } from '../../src/panel/panel-api.ts'
import { Analysis } from '../../src/report/run-analysis.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, from, q, trace } from '../trace-builder.ts'
import { connectProcess, requestsArrived, testPanel, traceMessage } from './server/panel-fixture.ts'

const analysis = new Analysis({
  detectors: {
    rules: [],
    active: detectors.map((detector) => ({ detector, options: detector.meta.defaults })),
  },
})

function loop(rows: number, id: string): Trace {
  const ids = Array.from({ length: rows }, (_, index) => 500 + index)
  const list = q('select id, customer_id from orders', [], { rows, at: '/app/orders.ts:5 recent' })
  const turns = each(ids, (value) =>
    q('select name from customers where id = $1', [], {
      // A process sends no values.
      valueHashes: [`value ${value}`],
      rows: 1,
      at: '/app/orders.ts:8 recent',
      ...from(0, 'customer_id', rows),
    }),
  )
  return { ...trace('GET /orders', list, turns), id }
}

async function panelWith(...traces: Trace[]) {
  const panel = await testPanel()
  const process = await connectProcess(panel, { folder: '/app' })
  process.send(
    ...traces.map((sent, index) => traceMessage(`request-${index}`, sent, analysis.add(sent).findings)),
  )
  if (traces.length > 0) await requestsArrived(panel, traces.length)
  return { api: panel.api, page: pageAnswers(panel.api) }
}

test('an exceeded budget stands below its loop, also when the latest request kept the budget', async () => {
  const { page } = await panelWith(loop(120, 'http GET /orders #1'), loop(9, 'http GET /orders #2'))
  const { rows, groups } = await page.pageFindings()
  expect(rows.map(({ finding }) => finding.detector)).toEqual(['query-budget', 'n-plus-one'])
  const [budget, cause] = [0, 1]
  expect(groups).toEqual([{ lead: cause, sameLine: [], explained: [budget] }])
  const { cause: named } = await page.pageFinding(rows[budget]?.finding.key ?? '')
  expect(named?.title).toBe('N+1: customers, 9 queries, one for each row of orders')
})

test('rows name the table, the frequency and the line below the folder of the process', async () => {
  const { page } = await panelWith(loop(9, 'http GET /orders #1'), {
    ...trace('GET /orders', q('select 1')),
    id: 'http GET /orders #2',
  })
  const { rows } = await page.pageFindings()
  expect(rows).toMatchObject([
    {
      finding: {
        title: 'N+1: customers, 9 queries, one for each row of orders',
        callSite: [{ file: 'orders.ts', line: 8 }],
      },
      requests: 1,
      ofRequests: 2,
      latest: 'request-0',
    },
  ])
})

test('a finding in full has the trace of the latest request that showed it, numbered by the panel', async () => {
  const { page } = await panelWith(loop(9, 'http GET /orders #1'))
  const [row] = (await page.pageFindings()).rows
  const { data } = await page.pageFinding(row?.finding.key ?? '')
  expect(data.traces).toMatchObject([{ id: 'http GET /orders #1' }])
  expect(data.findings[0]?.occurrences).toMatchObject([{ trace: 'http GET /orders #1', count: 9, parent: 0 }])
})

test('a saved trace is opened again with its findings, and the panel does not keep it', async () => {
  const { api, page } = await panelWith(loop(9, 'http GET /orders #1'))
  const line = await page.savedTrace('request-0')
  expect(line).not.toContain('\n')
  expect(line).not.toContain('value 500')
  const [opened] = await page.openTraces(`${line}\n\n`)
  expect(opened).toMatchObject({ request: { id: 'file-1', route: 'GET /orders', queries: 10 } })
  expect(opened?.data.findings).toMatchObject([{ detector: 'n-plus-one' }])
  expect((await api.status()).requests).toBe(1)
})

test.each([
  ['', 'The file is empty'],
  ['{"queries":[]}', 'Line 1 of the file is not a trace: v is missing'],
  ['no JSON', 'Line 1 of the file is not JSON'],
  ['{"findings":[]}', 'Line 1 of the file is a report, no trace'],
  [`${'{"queries":[]}\n'.repeat(51)}`, 'The file has 51 traces, and 50 can be opened at once'],
])('a file that is no saved trace is refused with a reason (%#)', async (text, reason) => {
  const { page } = await panelWith()
  const refusal = page.openTraces(text)
  await expect(refusal).rejects.toThrow(PanelError)
  await expect(refusal).rejects.toThrow(reason)
})

test('the static page has the findings and the traces of all processes, each with an id of its own', async () => {
  const { page } = await panelWith(loop(9, 'http GET /orders #1'), loop(9, 'http GET /orders #1'))
  const html = await page.pageReport()
  expect(html).toContain('http GET /orders #1')
  expect(html).toContain('http GET /orders #2')
  expect(html).toContain('N+1: customers, 9 queries, one for each row of orders')
})
