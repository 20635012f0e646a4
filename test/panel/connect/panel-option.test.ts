// Tests how the option `panel` and the environment variables are combined, and the messages about wrong ones.
import { expect, test, vi } from 'vitest'
import { readEnvironment } from '../../../src/config/read-environment.ts'
import { type PanelOptions, panelSettings } from '../../../src/panel/connect/panel-option.ts'
import { panelAddress } from '../../../src/panel/panel-address.ts'
import { checkOptions } from '../../../src/profiler/options.ts'

const there = panelAddress('127.0.0.1', 4983, 'a-token-that-nobody-guesses')
const other = panelAddress('panel.local', 80, 'another-token-of-another-panel')

type Given = boolean | string | PanelOptions | undefined
const found = { address: undefined, explain: false }

test.each<[Given, Record<string, string>, unknown]>([
  [undefined, {}, undefined],
  [false, { PG_LOUPE_PANEL: '1' }, undefined],
  [true, {}, found],
  [{}, {}, found],
  [there.address, {}, { address: there, explain: false }],
  [{ address: there.address, explain: true }, {}, { address: there, explain: true }],
  [undefined, { PG_LOUPE_PANEL: '1' }, found],
  [undefined, { PG_LOUPE_PANEL: 'true' }, found],
  [undefined, { PG_LOUPE_PANEL: '0' }, undefined],
  [undefined, { PG_LOUPE_PANEL: '' }, undefined],
  [undefined, { PG_LOUPE_PANEL: ` ${there.address} ` }, { address: there, explain: false }],
  [true, { PG_LOUPE_PANEL: there.address }, { address: there, explain: false }],
  [other.address, { PG_LOUPE_PANEL: there.address }, { address: other, explain: false }],
  [undefined, { PG_LOUPE_PANEL_EXPLAIN: '1' }, undefined],
  [undefined, { PG_LOUPE_PANEL: '1', PG_LOUPE_PANEL_EXPLAIN: '1' }, { address: undefined, explain: true }],
  [{ explain: false }, { PG_LOUPE_PANEL: '1', PG_LOUPE_PANEL_EXPLAIN: '1' }, found],
  [undefined, { PG_LOUPE_PANEL: 'wrong' }, undefined],
  [true, { NODE_ENV: 'production' }, undefined],
  [{ inProduction: true }, { NODE_ENV: 'production' }, found],
  [true, { NODE_ENV: 'production', PG_LOUPE_PANEL_IN_PRODUCTION: '1' }, found],
])('panel: %j with %j', (given, environment, expected) => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  expect(panelSettings(given, environment)).toEqual(expected)
})

const ADDRESS = 'an address as pg-loupe dev prints it: http://127.0.0.1:4983/?token=…'

test.each<[unknown, string]>([
  [
    3,
    `option panel got 3, but takes true, false, ${ADDRESS}, or an object with address, explain and inProduction`,
  ],
  ['localhost:4983', `option panel got "localhost:4983", but takes ${ADDRESS}`],
  ['http://127.0.0.1:4983/', `option panel got "http://127.0.0.1:4983/", but takes ${ADDRESS}`],
  [{ address: 4983 }, `option panel.address got 4983, but takes ${ADDRESS}`],
  [{ explain: 'yes' }, 'option panel.explain got "yes", but takes true or false'],
  [{ port: 1 }, 'there is no option panel.port; it is one of address, explain, inProduction'],
])('panel: %j is refused with a message that says what it takes', (panel, message) => {
  expect(() => checkOptions({ panel })).toThrow(`pg-loupe: ${message}`)
})

test('the token of a wrong address is not in the message', () => {
  const secret = 'https://127.0.0.1/?token=a-token-that-nobody-guesses'
  expect(() => checkOptions({ panel: secret })).toThrow(
    /option panel got "https:\/\/127\.0\.0\.1\/\?token=…"/,
  )
  expect(readEnvironment({ PG_LOUPE_PANEL: secret }).problems.join()).not.toContain('nobody-guesses')
})

test.each([
  ['PG_LOUPE_PANEL', 'somewhere', `it takes ${ADDRESS}, 1 or 0`],
  ['PG_LOUPE_PANEL_EXPLAIN', 'yes', 'it takes 1, true, 0 or false'],
  ['PG_LOUPE_PANEL_IN_PRODUCTION', 'yes', 'it takes 1, true, 0 or false'],
])('%s=%s is named as wrong', (name, value, takes) => {
  const { problems, unknown } = readEnvironment({ [name]: value })
  expect(problems).toEqual([`pg-loupe: ${name}=${value}: ${takes}`])
  expect(unknown).toEqual([])
})
