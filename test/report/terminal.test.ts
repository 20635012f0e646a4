// Tests which terminals get links and colours, which logs get neither, and which environment variables change that.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { terminalOf } from '../../src/report/terminal.ts'

const VARIABLES = ['FORCE_COLOR', 'FORCE_HYPERLINK', 'NO_COLOR', 'TERM', 'TERM_PROGRAM', 'WT_SESSION']
/** The library calls supports-color first, which examined the streams of this process when it was loaded. */
vi.mock('supports-hyperlinks', () => ({
  supportsHyperlink: ({ isTTY }: { isTTY?: boolean }) => {
    const { FORCE_HYPERLINK, WT_SESSION } = process.env
    return FORCE_HYPERLINK ? FORCE_HYPERLINK === '1' : isTTY === true && WT_SESSION !== undefined
  },
}))

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined)
})
afterEach(() => vi.unstubAllEnvs())

const terminal = { isTTY: true, columns: 90, hasColors: () => true }
const pipe = {}

test('a terminal with links has colours, links and a width', () => {
  vi.stubEnv('WT_SESSION', '1')
  expect(terminalOf(terminal)).toEqual({ color: true, links: true, width: 90 })
})

test('a file or the log of a CI has neither', () => {
  vi.stubEnv('WT_SESSION', '1')
  expect(terminalOf(pipe)).toEqual({ color: false, links: false })
})

test('FORCE_COLOR colours the log of a CI, and neither wraps it nor puts links into it', () => {
  vi.stubEnv('WT_SESSION', '1')
  vi.stubEnv('FORCE_COLOR', '1')
  expect(terminalOf(pipe)).toEqual({ color: true, links: false })
})

test('NO_COLOR removes the links as well, but not the width', () => {
  vi.stubEnv('WT_SESSION', '1')
  vi.stubEnv('NO_COLOR', '1')
  expect(terminalOf(terminal)).toEqual({ color: false, links: false, width: 90 })
})

test('a dumb terminal, which has no colours, has no links', () => {
  vi.stubEnv('TERM', 'dumb')
  expect(terminalOf({ ...terminal, hasColors: () => false })).toEqual({
    color: false,
    links: false,
    width: 90,
  })
})

test('FORCE_HYPERLINK decides about links alone', () => {
  vi.stubEnv('FORCE_HYPERLINK', '1')
  expect(terminalOf(pipe).links).toBe(true)
  vi.stubEnv('FORCE_HYPERLINK', '0')
  expect(terminalOf(terminal).links).toBe(false)
})

test('the terminal of VS Code, which finds lines itself, gets links only to a configured editor', () => {
  vi.stubEnv('WT_SESSION', '1')
  vi.stubEnv('TERM_PROGRAM', 'vscode')
  expect(terminalOf(terminal).links).toBe(false)
  expect(terminalOf(terminal, 'vscode')).toEqual({ color: true, links: true, width: 90, editor: 'vscode' })
})

test('a terminal that does not know its width is not wrapped', () => {
  expect(terminalOf({ isTTY: true, columns: 0, hasColors: () => true })).not.toHaveProperty('width')
})
