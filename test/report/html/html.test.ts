// Tests the file itself: it needs nothing from outside, runs only its own script, and contains no values.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createProfiler } from '../../../src/profiler/profiler.ts'
import { htmlReporter } from '../../../src/report/reporters/html.ts'
import type { Finding } from '../../../src/types/finding.ts'
import type { Trace } from '../../../src/types/trace.ts'
import { each, q, trace } from '../../trace-builder.ts'

const loop = trace(
  'GET /orders',
  each([1, 2, 3], (id) => q('select name from customers where id = $1', [id], { at: '/app/src/a.ts:3:1' })),
)
const report = createProfiler().analyze([loop])

test('the policy allows only the style and the script in the file', () => {
  const page = htmlReporter.render(report)
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; /)
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const texts = [...page.matchAll(/<(?:style|script)>([\s\S]*?)<\/(?:style|script)>/g)].map(
    ([, text]) => text ?? '',
  )
  expect(texts).toHaveLength(2)
  for (const text of texts) expect(policy).toContain(hash(text))
  expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'))
})

test('the file names nothing that needs a request', () => {
  const page = htmlReporter.render(report, { traces: [loop] })
  expect(page).not.toMatch(
    /\bsrc=|@import|url\(|<link(?! rel="icon" href="data:)|\bfetch\(|XMLHttpRequest|WebSocket/,
  )
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//)
})

test('the same report gives the same bytes', () => {
  expect(htmlReporter.render(structuredClone(report), { traces: [structuredClone(loop)] })).toBe(
    htmlReporter.render(report, { traces: [loop] }),
  )
})

test('parameters and literals of the traces that it is given are not in the page', () => {
  const secret: Trace = {
    ...loop,
    labels: { status: '200', session: 'canary-label' },
    queries: [
      q("select 'canary-literal', 'x' as y -- canary-comment\n from t where id = $1", ['canary-param'], {
        limit: 7_412_369,
        valueHashes: ['canary-hash'],
      }),
    ],
  }
  const page = htmlReporter.render(report, { traces: [secret] })
  expect(page).not.toMatch(/canary|7412369/)
  expect(page).toContain('from t where id = $1')
})

test('text cannot end the element of the data', () => {
  const name = 'GET /</script><!--<script>'
  const page = htmlReporter.render(createProfiler().analyze([{ ...loop, name }]), {
    traces: [{ ...loop, name }],
  })
  expect(page.match(/<\/script>/g)).toHaveLength(2)
  expect(page).not.toContain('<!--')
  const [, data = ''] = /id="report">(.*?)<\/script>/s.exec(page) ?? []
  expect(JSON.parse(data).traces[0].name).toBe(name)
})

test('paths below the working directory are relative to it', () => {
  expect(htmlReporter.render(report, { traces: [loop], cwd: '/app' })).not.toContain('/app/')
})

test('an occurrence of which only the first queries are kept has its total', () => {
  const occurrences = [{ trace: loop.id, queries: [0, 1], queryCount: 700 }]
  const page = htmlReporter.render({
    ...report,
    findings: [{ ...(report.findings[0] as Finding), occurrences }],
  })
  const [, data = ''] = /id="report">(.*?)<\/script>/s.exec(page) ?? []
  expect(JSON.parse(data).findings[0].occurrences[0].count).toBe(700)
})

describe('with more traces than a page can hold', () => {
  const [finding] = report.findings
  const queries = each(Array.from({ length: 3000 }), () => q('select 1'))
  const traces = Array.from(
    { length: 10 },
    (_, index): Trace => ({
      ...trace('GET /orders', queries),
      id: `http GET /orders #${index + 1}`,
      durationMs: index,
    }),
  )
  const found = {
    ...report,
    findings: [{ ...(finding as Finding), occurrences: [{ trace: 'http GET /orders #2', queries: [0] }] }],
  }

  test('the page contains those of findings and the longest ones, and the number of the others', () => {
    const page = htmlReporter.render(found, { traces })
    const [, text = ''] = /id="report">(.*?)<\/script>/s.exec(page) ?? []
    const data = JSON.parse(text)
    expect(data.traces.map(({ id }: Trace) => Number(id.split('#')[1]))).toEqual([2, 6, 7, 8, 9, 10])
    expect(data.leftOut[0]).toMatch(/^4 of 10 traces are not in this page/)
  })

  test('no number is shown when all are in the page', () => {
    expect(htmlReporter.render(found, { traces: traces.slice(0, 3) })).not.toContain(
      'traces are not in this page',
    )
  })
})
