import { expect, test } from 'vitest'
import {
  markdownCommentComparison,
  markdownComparison,
} from '../../src/report/reporters/markdown-comparison.ts'
import type { Comparison } from '../../src/types/report.ts'
import { finding, HOSTILE, hostileFinding, manyFindings, UNSEEN } from '../report-builder.ts'
import { htmlOf } from './html-of.ts'

const once = { min: 1, median: 1, max: 1 }
const often = { min: 5, median: 5, max: 7 }

test('shows new findings in full, grown and fixed ones in one line each, and the changed routes', () => {
  const [grown, fixed] = manyFindings(2)
  const text = markdownComparison(
    comparison({
      new: [finding()],
      grown: [{ finding: grown as never, before: 3, after: 30 }],
      fixed: [fixed as never],
      routes: [
        { name: 'GET /orders', before: once, after: often },
        { name: 'GET /same', before: often, after: often },
        { name: 'GET /gone', before: once },
        { name: 'GET /added', after: once },
      ],
    }),
  )
  expect(text).toMatchInlineSnapshot(`
    "## pg-loupe: 🆕 1 new · 📈 1 grown · ✅ 1 fixed

    ### New

    | | finding | route | line |
    | --- | --- | --- | --- |
    | ❌ | N+1: 4 queries, one for each row | \`GET /orders\` | \`src/orders.ts:41\` |

    #### ❌ N+1: 4 queries, one for each row

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

    **Saves** 3 round trips

    ### Grown

    | | finding | route | line | queries |
    | --- | --- | --- | --- | ---: |
    | ❌ | N+1: 4 queries, one for each row | \`GET /0\` | \`src/orders.ts:1\` | 3 → 30 |

    ### Fixed

    | | finding | route | line |
    | --- | --- | --- | --- |
    | ❌ | N+1: 4 queries, one for each row | \`GET /1\` | \`src/orders.ts:2\` |

    <details><summary>Queries by route</summary>

    | route | before | after |
    | --- | ---: | ---: |
    | \`GET /orders\` | 1 | 5 to 7 |
    | \`GET /gone\` | 1 | not seen |
    | \`GET /added\` | not seen | 1 |

    1 more are unchanged.

    </details>
    "
  `)
  const html = htmlOf(text)
  expect(html.match(/<table>/g)).toHaveLength(4)
  expect(html).toContain('<td align="right">3 → 30</td>')
})

test('unseen findings do not count as fixed, and newly suppressed ones are mentioned', () => {
  const text = markdownComparison(comparison({ unseen: [finding()], suppressed: { before: 1, after: 2 } }))
  expect(text).toMatch(/^## pg-loupe: 1 not seen · 2 suppressed, 1 before\n/)
  expect(text).toContain('### Not seen, because their routes did not run')
})

test('says when there is nothing new', () => {
  expect(markdownComparison(comparison({}))).toBe('## pg-loupe: ✅ nothing new\n')
})

test('hostile text does not change the text around it', () => {
  const one = hostileFinding()
  const text = markdownComparison(
    comparison({
      new: [one],
      grown: [{ finding: one, before: 1, after: 2 }],
      fixed: [one],
      routes: [{ name: HOSTILE, after: often }],
    }),
  )
  const html = htmlOf(text)
  expect(html.match(/<t[hd]\b/g)).toHaveLength(2 * 4 + 2 * 5 + 2 * 4 + 2 * 3)
  expect(html.match(/<h[1-6]/g)).toHaveLength(5)
  expect(html).not.toMatch(/<(script|img|a)\b/)
  expect(text.replaceAll('\u200b', '')).not.toMatch(UNSEEN)
})

test('stays below the limit of a comment, and says what it left out', () => {
  const many = manyFindings(2000)
  const text = markdownCommentComparison(
    comparison({
      new: many,
      grown: many.map((one) => ({ finding: one, before: 1, after: 2 })),
      fixed: many,
      routes: many.map(({ route }) => ({ name: route, before: once, after: often })),
    }),
  )
  expect(text).toMatch(/^<!-- pg-loupe -->\n## pg-loupe: 🆕 2000 new · 📈 2000 grown · ✅ 2000 fixed\n/)
  expect(new TextEncoder().encode(text).length).toBeLessThan(65_536)
  expect(text.match(/left out, to stay within/g)).toHaveLength(5)
  expect(text).toContain('### Fixed')
})

function comparison(over: Partial<Comparison>): Comparison {
  const suppressed = { before: 0, after: 0 }
  return { v: 1, new: [], grown: [], fixed: [], unseen: [], known: 0, suppressed, routes: [], ...over }
}
