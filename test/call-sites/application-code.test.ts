// Which files count as the application's own, by default and as it can be set.
import { describe, expect, test } from 'vitest'
import {
  type ApplicationCode,
  applicationRule,
  type PathPattern,
} from '../../src/trace/call-site/application-code.ts'

const OWN = '/shop/vendor/pg-loupe/src/trace/live-trace.ts'

function counts(file: string, application: ApplicationCode = {}, generated?: string): boolean {
  return applicationRule(application, (path) => path === OWN)(file, generated)
}

describe('by default', () => {
  test.each(['/shop/src/orders.ts', 'C:\\shop\\src\\orders.ts', 'webpack://shop/./src/orders.ts'])(
    '%s counts',
    (file) => expect(counts(file)).toBe(true),
  )
  test.each([
    '/shop/node_modules/knex/lib/client.js',
    'C:\\shop\\node_modules\\knex\\lib\\client.js',
    'webpack://shop/./node_modules/knex/lib/client.js',
    'webpack://shop/webpack/bootstrap',
    'node:internal/process/task_queues',
    '<anonymous>',
    OWN,
  ])('%s does not', (file) => expect(counts(file)).toBe(false))

  test('installed code that was bundled does not count where the source map tells', () => {
    expect(counts('/shop/node_modules/knex/lib/client.js', {}, '/shop/dist/server.js')).toBe(false)
  })
})

describe('a pattern', () => {
  test.each<[PathPattern, string, boolean]>([
    ['src/db', '/shop/src/db/pool.ts', true],
    ['src/db', '/shop/src/db.ts', false],
    ['src/db', '/shop/src/dbx/pool.ts', false],
    ['src/db', '/shop/old-src/db/pool.ts', false],
    ['./src/db/', '/shop/src/db/pool.ts', true],
    ['src/db.ts', '/shop/src/db.ts', true],
    ['src/db.ts', '/shop/src/dbxts', false],
    ['/shop/src', '/shop/src/db/pool.ts', true],
    ['/src', '/shop/src/db/pool.ts', false],
    ['packages/*/store', '/shop/packages/orders/store/pool.ts', true],
    ['packages/*/store', '/shop/packages/orders/deep/store/pool.ts', false],
    ['packages/**/store', '/shop/packages/orders/deep/store/pool.ts', true],
    ['src/**/db.ts', '/shop/src/db.ts', true],
    ['src/**/db.ts', '/shop/src/orders/db.ts', true],
    ['src/db', 'webpack://shop/./src/db/pool.ts', true],
    ['../shared/db', '../../shared/db/pool.ts', true],
    ['app/[id]/(shop)', '/shop/app/[id]/(shop)/page.ts', true],
    ['app/[id]', '/shop/app/i/page.ts', false],
    ['.cache', '/shop/.cache/a.ts', true],
    ['src\\db', 'C:\\shop\\src\\db\\pool.ts', true],
    [/\/db\//, '/shop/src/db/pool.ts', true],
    [(file) => file.endsWith('pool.ts'), '/shop/src/db/pool.ts', true],
    [() => false, '/shop/src/db/pool.ts', false],
  ])('%s on %s: %s', (pattern, file, expected) => {
    expect(counts(file, { exclude: [pattern] })).toBe(!expected)
  })

  test('with a flag that remembers its last match gives the same answer each time', () => {
    const isApplication = applicationRule({ exclude: [/db/g] }, () => false)
    expect([1, 2, 3].map(() => isApplication('/shop/src/db.ts'))).toEqual([false, false, false])
  })

  test('that throws matches nothing', () => {
    const fails = () => {
      throw new Error('mine')
    }
    expect(counts('/shop/src/db.ts', { exclude: [fails] })).toBe(true)
  })
})

test('a workspace package below node_modules can be counted in, and a part of it out again', () => {
  const application = { include: ['node_modules/@shop'], exclude: ['node_modules/@shop/db'] }
  expect(counts('/shop/node_modules/@shop/orders/list.js', application)).toBe(true)
  expect(counts('/shop/node_modules/@shop/db/pool.js', application)).toBe(false)
  expect(counts('/shop/node_modules/knex/lib/client.js', application)).toBe(false)
})

test('a pattern may name the source or what it is compiled to', () => {
  const place = ['/shop/src/db/pool.ts', '/shop/dist/db/pool.js'] as const
  expect(counts(place[0], { exclude: ['src/db'] }, place[1])).toBe(false)
  expect(counts(place[0], { exclude: ['dist/db'] }, place[1])).toBe(false)
})
