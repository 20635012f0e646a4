// Text from outside (statements, names of routes, files and functions) can contain anything. Every registered reporter must
// write it so that it cannot control a terminal, end an element or start a line of its own. New reporters are tested
// automatically.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reporters } from '../../src/report/reporters/index.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Report } from '../../src/types/report.ts'
import type { Reporter } from '../../src/types/reporter.ts'
import { finding, HOSTILE, reportOf, UNSEEN } from '../report-builder.ts'
import { htmlOf } from './html-of.ts'

const registered = Object.entries(reporters) as [string, Reporter][]

const PIECES = [
  ...['\u001b[2J\u001b]0;title\u0007', '\u009b31m', '\r\n', '\n', '\t', '\0', '\b', '\u007f', '\u0085'],
  ...['\u202e', '\u2066', '\u200f', '\ufeff', '\u2028', '\u2029', '\ud800', '\udfff', '\ufffe', '\u{1f600}'],
  ...[
    '</script>',
    '<script>alert(1)</script>',
    '<!--',
    ']]>',
    '&amp;',
    '"',
    "'",
    '<img onerror=x>',
    '</testcase>',
  ],
  ...['| a | b |', '```', '`', '# x', '- [ ] x', '[x](javascript:y)', '![x](y)', '<details>', '@all', '---'],
  ...[
    '::error::x',
    '##[command]',
    '%0A',
    '%',
    '$(id)',
    '../../etc/passwd',
    'select 1',
    'x'.repeat(3000),
    HOSTILE,
  ],
]
const hostile = fc
  .array(
    fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary' }), fc.string({ unit: surrogateOr() })),
    {
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.join(''))

/** Includes unpaired surrogates, which no other arbitrary generates. */
function surrogateOr() {
  return fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
}

const texts = fc.record({
  route: hostile,
  title: hostile,
  detail: hostile,
  fix: hostile,
  file: hostile,
  function: hostile,
  label: hostile,
  text: hostile,
  key: hostile,
})

function reportWith(text: (name: keyof Text) => string): Report {
  const place = { file: text('file'), line: 3, column: 1, function: text('function') }
  const one: Finding = finding({
    route: text('route'),
    title: text('title'),
    detail: text('detail'),
    remediation: text('detail'),
    fix: text('fix'),
    key: text('key'),
    callSite: [place, place],
    occurrences: [{ trace: text('route'), queries: [0] }],
    evidence: [{ label: text('label'), text: text('text'), callSite: place }],
  })
  return reportOf(one)
}
type Text = typeof texts extends fc.Arbitrary<infer Value> ? Value : never

describe.each(registered)('%s', (reporter, format) => {
  test('contains no control character, invisible character or invalid text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(
          unseenIn(
            format,
            reportWith((name) => text[name]),
          ),
        ).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  test('contains the same elements, whatever their text is', () => {
    const plain = elementsOf(reporter, format.render(reportWith((name) => `plain ${name}`)))
    fc.assert(
      fc.property(texts, (text) => {
        expect(elementsOf(reporter, format.render(reportWith((name) => `plain ${text[name]}`)))).toEqual(
          plain,
        )
      }),
      { numRuns: 150 },
    )
  })

  test('is valid JSON, if its format is JSON', () => {
    if (!isJson(format.render(reportOf(finding())))) return
    fc.assert(
      fc.property(texts, (text) => {
        expect(isJson(format.render(reportWith((name) => text[name])))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('in colours, controls the terminal by its own colours only', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(
          unseenIn(
            format,
            reportWith((name) => text[name]),
            { color: true },
          ),
        ).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

/** Tags and comments of formats that are markup or become markup. In other formats they are text. */
function elementsOf(name: string, output: string): string[] {
  const markup = name.startsWith('markdown') ? htmlOf(output) : output
  if (!/^\s*</.test(markup)) return []
  return [...markup.matchAll(/<(?:[a-z/!?][\w-]*)/gi)].map(([element]) => element)
}

/**
 * Invisible characters, apart from those that the format itself needs: the tabs of a script, the word joiners in Markdown
 * names.
 */
function unseenIn(format: Reporter, report: Report, options = {}): string[] {
  const own = new Set(format.render(reportOf(finding({ title: '@all' }))).match(ALL_UNSEEN))
  const printed = format.render(report, options)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: picocolors writes these sequences
  const output = printed.replace(/\u001b\[\d{1,2}m/g, (colour) => ('color' in options ? '' : colour))
  return [...new Set(output.match(ALL_UNSEEN))].filter((character) => !own.has(character))
}

const ALL_UNSEEN = new RegExp(UNSEEN, 'gu')

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test.each(registered)('%s lets no line begin with a CI command', (name, reporter) => {
  const text = reporter.render(
    reportOf(
      finding({
        fix: 'select 1\n::error::x\n  ::warning::y\n##[group]',
        route: '::error::x',
        detail: '::stop-commands::x',
      }),
    ),
  )
  const lines = text.split(/\r?\n|\r/).filter((line) => /^\s*(?:::|##\[)/.test(line))
  expect(lines.filter((line) => name !== 'github' || !/^::(?:error|warning|notice) /.test(line))).toEqual([])
})
