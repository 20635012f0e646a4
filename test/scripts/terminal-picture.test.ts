import { expect, test } from 'vitest'
import { terminalPicture, themes } from '../../scripts/terminal-picture.ts'

const draw = (lines: string[], columns = 40) =>
  [
    ...terminalPicture(lines, { columns, theme: themes.light, title: 'a picture' }).matchAll(
      /<text x="([\d.]+)" y="([\d.]+)" fill="(.+?)"( font-weight="600")?.*?>(.*)<\/text>/g,
    ),
  ].map(([, x, y, fill, bold, text]) => ({
    x: Number(x),
    y: Number(y),
    fill,
    isBold: bold !== undefined,
    text,
  }))

test('draws each run of text at its column, with its color and weight', () => {
  const [first, second, third] = draw([
    '  \u001b[31m✖\u001b[39m \u001b[1mN+1\u001b[22m\u001b[2m  proven\u001b[22m',
  ])
  expect(first).toMatchObject({ x: 34.8, fill: themes.light.colors.red, text: '✖' })
  expect(second).toMatchObject({ x: 51.6, fill: themes.light.text, isBold: true, text: 'N+1' })
  expect(third).toMatchObject({ x: 93.6, fill: themes.light.dim, isBold: false, text: 'proven' })
})

test('continues a line that is longer than the terminal below it, as a terminal does', () => {
  const [first, second] = draw(['abcdefgh'], 5)
  expect([first?.text, second?.text]).toEqual(['abcde', 'fgh'])
  expect(second?.x).toBe(first?.x)
  expect(second?.y).toBeGreaterThan(first?.y ?? 0)
})

test('escapes what is markup in SVG', () => {
  expect(draw(['Map<"a" & b>']).map(({ text }) => text)).toEqual(['Map&lt;&quot;a&quot; &amp; b>'])
})
