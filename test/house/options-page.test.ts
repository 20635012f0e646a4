// docs/options.md lists every option that createProfiler takes, with its default.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'
import { checkOptions } from '../../src/profiler/options.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/options.md'), 'utf8')
const [settings = '', ofDetectors = ''] = page.split('\n## Detectors\n')
const rows = (text: string) =>
  text
    .split('\n')
    .flatMap((line) => (line.startsWith('|') ? [line.split('|').map((cell) => cell.trim())] : []))
const inCode = (cell = '') => /`([^`]+)`/.exec(cell)?.[1]

afterEach(() => vi.unstubAllEnvs())

test('lists each option, and no other', () => {
  const listed = rows(settings).flatMap(([, cell]) => inCode(cell) ?? [])
  expect(listed.sort()).toEqual(allNames().sort())
})

test.each(['development', 'test', 'production'])(
  'tells the default of each limit and switch under %s',
  (mode) => {
    vi.stubEnv('NODE_ENV', mode)
    const options = checkOptions({}) as unknown as Record<string, unknown>
    const isOff = mode === 'production'
    const isTest = mode === 'test'
    expect(options).toMatchObject({
      enabled: !isOff,
      capture: isTest ? 'full' : isOff ? 'sampled' : 'adaptive',
      catalog: !isTest,
      watchRows: !isOff,
      serverTiming: !isOff && !isTest,
      console: isTest ? 'off' : 'requests',
    })
    const plain = rows(settings).flatMap(([, name, ...cells]) => {
      const value = cells.map((cell) => cell.replace(/^`(.*)`$/, '$1')).find((cell) => PLAIN.test(cell))
      return inCode(name) && value ? [[inCode(name) ?? '', JSON.parse(value)] as const] : []
    })
    expect(plain.length).toBeGreaterThan(14)
    for (const [name, value] of plain) expect([name, valueAt(options, name)]).toEqual([name, value])
  },
)

test('lists each option of each detector with its default', () => {
  let detector: string | undefined
  const listed = rows(ofDetectors).flatMap(([, first, name, value]) => {
    detector = inCode(first) ?? detector
    return inCode(name) ? [[detector, inCode(name), JSON.parse(value ?? '')]] : []
  })
  const all = detectors.flatMap(({ meta }) =>
    Object.entries(meta.defaults).map(([name, value]) => [meta.id, name, value]),
  )
  expect(listed.sort()).toEqual(all.sort())
})

/** A default that is the same everywhere. */
const PLAIN = /^(?:\d[\d.]*|true|false)$/

/** The names that the message about an unknown option lists, with those inside of `limits` and `panel`. */
function allNames(): string[] {
  const unknown = { unknown: 1 } as object
  const [top = [], ...groups] = [unknown, { limits: unknown }, { panel: unknown }].map(namesInMessage)
  const [limits = [], panel = []] = groups
  return [
    ...top.filter((name) => name !== 'limits'),
    ...limits.map((name) => `limits.${name}`),
    ...panel.map((name) => `panel.${name}`),
  ]
}

function namesInMessage(options: object): string[] {
  try {
    checkOptions(options)
  } catch (error) {
    return /it is one of (.+)$/m.exec((error as Error).message)?.[1]?.split(', ') ?? []
  }
  return []
}

function valueAt(options: Record<string, unknown>, name: string): unknown {
  return name.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], options)
}
