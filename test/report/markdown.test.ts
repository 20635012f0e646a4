// A parser of CommonMark and GFM renders the Markdown, and the tests check the text that people see.
import { describe, expect, test } from 'vitest'
import { markdownCommentReporter, markdownReporter } from '../../src/report/reporters/markdown.ts'
import { markdownCellCode, markdownCode, markdownText } from '../../src/report/reporters/markdown-text.ts'
import type { Report } from '../../src/types/report.ts'
import {
  finding,
  HOSTILE,
  heldAgainstBaseline,
  hostileFinding,
  manyFindings,
  reportOf,
  UNSEEN,
} from '../report-builder.ts'
import { htmlOf } from './html-of.ts'

test('with a baseline, only new and grown findings are shown, and the others are counted', () => {
  const { report, states } = heldAgainstBaseline()
  const text = markdownReporter.render(report, { states })
  expect(text).toMatch(
    /^## pg-loupe: ❌ 2\n\n.* 1 finding is accepted by pg-loupe-baseline\.json\. 1 slow query is not compared with it/,
  )
  expect([...text.matchAll(/^### (.*)$/gm)].map(([, title]) => title)).toEqual([
    '❌ new finding',
    '❌ Grown from 4 to 12 queries: grown finding',
  ])
  expect(text).not.toMatch(/accepted finding|slow finding/)
  const all = new Map(report.findings.map(({ key }) => [key, 9]))
  const quiet = { ...states, accepted: all, grown: new Map(), unjudged: new Set<string>() }
  expect(markdownReporter.render(report, { states: quiet })).toContain('## pg-loupe: ✅ nothing new')
})

describe('the summary', () => {
  test('has a table of the findings, then each finding with its evidence and remedy', () => {
    expect(markdownReporter.render(reportOf(finding()))).toMatchInlineSnapshot(`
      "## pg-loupe: ❌ 1

      6 queries in 2 traces.

      | | finding | route | line |
      | --- | --- | --- | --- |
      | ❌ | N+1: 4 queries, one for each row | \`GET /orders\` | \`src/orders.ts:41\` |

      ### ❌ N+1: 4 queries, one for each row

      \`GET /orders\` · n-plus-one, proven

      - at \`src/orders.ts:41:9 list\`
      - from \`src/app.ts:7\`
      - 4× \`select name from customers where id = ?\`
      - rows of \`select id from orders\` (\`src/orders.ts:35\`)

      Each of the 4 values of customers.id came from orders.customer\\_id of 4 rows of one earlier query.

      **Instead:** Collect the id values first and ask once, with id = any(…).

      \`\`\`sql
      select id, name from customers where id = any($1)
      \`\`\`

      **Saves** 3 round trips: 6.0 ms here, 117 ms at 1 ms a round trip and ten times the rows

      <details><summary>Routes</summary>

      | route | traces | queries | time | in queries |
      | --- | ---: | ---: | ---: | ---: |
      | \`GET /quiet\` | 1 | 1 to 3 | 2.0 ms | 2.0 ms |
      | \`GET /orders\` | 1 | 1 to 3 | 2.0 ms | 2.0 ms |

      </details>
      "
    `)
  })

  test('says when there are no findings', () => {
    const html = htmlOf(markdownReporter.render(reportOf()))
    expect(html).toContain('<h2>pg-loupe: ✅ no findings</h2>')
    expect(html.match(/<table>/g)).toHaveLength(1)
  })

  test('hostile text is shown unchanged, and does not change the text around it', () => {
    const quiet = htmlOf(
      markdownReporter.render(reportOf(finding({ callSite: [finding().callSite[0] as never] }))),
    )
    const hostile = htmlOf(
      markdownReporter.render(
        reportOf({ ...hostileFinding(), callSite: [hostileFinding().callSite[0] as never] }),
      ),
    )
    const elements = (html: string) => html.match(/<\/?(?!code)\w+/g)
    expect(elements(hostile.replaceAll(/<code>.*?<\/code>/gs, ''))).toEqual(
      elements(withoutEvidence(quiet.replaceAll(/<code>.*?<\/code>/gs, ''))),
    )
    expect(hostile).not.toMatch(/<(script|img|a)\b/)
    expect(markdownReporter.render(reportOf(hostileFinding())).replaceAll('\u200b', '')).not.toMatch(UNSEEN)
  })

  test('a finding without a line says so', () => {
    expect(htmlOf(markdownReporter.render(reportOf(finding({ callSite: [] }))))).toContain(
      '<li>no line of the application is known</li>',
    )
  })

  test('accepted findings and everything that was left out are mentioned', () => {
    const report = reportOf(finding())
    const suppressions = [
      { by: 'comment', state: 'expired', until: '2026-01-01', reason: '| <b>', findings: 0 },
    ]
    const text = markdownReporter.render({
      ...report,
      suppressed: 4,
      suppressions: suppressions as unknown as Report['suppressions'],
      cut: { ...report.cut, queries: 7, statements: 2 },
    })
    expect(text).toContain('4 findings are suppressed')
    expect(htmlOf(text)).toContain(
      '<li>pg-loupe-ignore (| &lt;b&gt;): was valid until 2026-01-01: remove it</li>',
    )
    expect(text).toContain('7 queries were counted but not kept; 2 statements were too long')
  })

  test('paths are those of the repository', () => {
    const html = htmlOf(markdownReporter.render(reportOf(finding()), { cwd: '/repo/api', root: '/repo' }))
    expect(html).toContain('<td><code>api/src/orders.ts:41</code>')
    expect(html).toContain('<li>at <code>api/src/orders.ts:41:9 list</code>')
    expect(html).toContain('(<code>api/src/orders.ts:35</code>)')
  })
})

describe('the limits of GitHub', () => {
  const many = reportOf(...manyFindings(4000, { fix: 'select 1\n'.repeat(100) }))

  test.each([
    ['a summary', markdownReporter, 1024 * 1024],
    ['a comment', markdownCommentReporter, 65_536],
  ])(
    '%s stays below its limit, with whole sections, the worst first, and says what it left out',
    (_what, reporter, limit) => {
      const text = reporter.render(many)
      expect(new TextEncoder().encode(text).length).toBeLessThan(limit)
      expect(text.length).toBeGreaterThan(limit / 2)
      expect(text).toContain('❌ 4000')
      const shown = text.match(/^### /gm)?.length ?? 0
      expect(shown).toBeGreaterThan(10)
      expect(text).toContain(`${4000 - shown} more findings are not shown in full and left out`)
      expect(text.match(/^```/gm)).toHaveLength(2 * shown)
      expect(text).toContain('| `GET /0` |')
      expect(text).toMatch(/\d+ more routes left out/)
    },
  )

  test('a report that fits is not cut', () => {
    for (const reporter of [markdownReporter, markdownCommentReporter]) {
      expect(reporter.render(reportOf(...manyFindings(20)))).not.toContain('left out')
    }
  })

  test('a comment can be found again', () => {
    expect(markdownCommentReporter.render(reportOf())).toMatch(/^<!-- pg-loupe -->\n/)
  })
})

describe('text from outside', () => {
  test.each([
    'a | b',
    '`code` and ``more``',
    '<b>bold</b> &amp; &lt;',
    '# no heading',
    '- no list',
    '1. no list',
    '[no](https://example.com) ![no](x)',
    '**no** _no_ ~~no~~ __no__',
    'C:\\path \\| \\\\|',
    'https://example.com www.example.com me@example.com',
    '$x$ :smile: > quote',
    '    no block',
    '"quotes" and \'more\'',
    '---',
    '===',
    'a\\',
    '`',
    '$`a`$',
  ])('%s is shown as it was written: as prose, as code, and in a cell', (text) => {
    const seen = text.replace(/\s+/g, ' ').trim()
    expect(textOf(htmlOf(markdownText(text)))).toBe(seen)
    expect(htmlOf(markdownText(text))).toMatch(/^<p>[^<]*<\/p>$/)
    expect(textOf(htmlOf(`x ${markdownCode(text)} y`))).toBe(`x ${seen} y`)
    const table = htmlOf(`| a | b |\n| --- | --- |\n| ${markdownText(text)} | ${markdownCellCode(text)} |\n`)
    const cells = [...table.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell = '']) => textOf(cell))
    expect(cells).toEqual([seen, seen])
  })

  test.each(['@octocat', '#123', 'GH-12', 'a/b#7', '!5', '@org/team', 'mail me@example.com'])(
    '%s notifies nobody',
    (text) => {
      const seen = htmlOf(markdownText(text)).replace(/<[^>]*>/g, '')
      expect(seen).not.toMatch(/[@#!](?=\w)|GH-\d/)
    },
  )

  test('code is fenced so that all of it is code', () => {
    expect(htmlOf(markdownCode(HOSTILE, 10_000)).match(/<code>/g)).toHaveLength(1)
    expect(htmlOf(markdownCode(HOSTILE, 10_000))).toMatch(/^<p><code>[\s\S]*<\/code><\/p>$/)
  })
})

function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('\u200b', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .trim()
}

/** The quiet finding has one line of evidence more than the hostile one. */
function withoutEvidence(html: string): string {
  return html.replace(/<li>4×.*?<\/li>\n/s, '')
}
