// Checks that docs/ci.md shows the real output. After a change of the output: UPDATE_SHOWN_OUTPUT=1 npx vitest run test/ci
import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

const page = new URL('../../docs/ci.md', import.meta.url)

/** Times differ from run to run and count for nothing. */
export function checkShownOutput(name: string, output: string): void {
  const text = readFileSync(page, 'utf8')
  const [start, end] = [`<!-- output: ${name} -->\n`, '<!-- end -->']
  const from = text.indexOf(start) + start.length
  const to = text.indexOf(end, from)
  expect(text).toContain(start)
  const fence = output.includes('```') ? '````' : '```'
  const shown = `\n${fence}text\n${output.trimEnd()}\n${fence}\n\n`
  if (process.env.UPDATE_SHOWN_OUTPUT) {
    writeFileSync(page, text.slice(0, from) + shown + text.slice(to))
    return
  }
  expect(withoutTimes(text.slice(from, to))).toBe(withoutTimes(shown))
}

function withoutTimes(text: string): string {
  return text.replace(/[\d.]+ ms/g, 'N ms')
}
