// Names of pages without a pattern: words are kept until there are too many of them to be names.
import { expect, test } from 'vitest'
import { PageNames } from '../../src/http/page-names.ts'
import { pathShape } from '../../src/http/path-shape.ts'

const words = (count: number) =>
  Array.from({ length: count }, (_, at) => `w${'abcdefgh'[at % 8]}${'x'.repeat(at / 8)}`)

function namesOf(paths: readonly string[], status = 200, names = new PageNames()): string[] {
  return paths.map((url) => names.nameOf({ path: pathShape(url), isShape: true }, status))
}

test.each([
  ['/orders', '/orders'],
  ['/orders/', '/orders/'],
  ['/', '/'],
  ['/api/v1/order-items?page=2', '/api/v1/order-items'],
  ['/users/john.smith', '/users/*'],
  ['/users/17', '/users/*'],
  ['/users/u17', '/users/*'],
  ['/v4111111111111111', '/*'],
  ['/posts/how-to-bake-bread', '/posts/*'],
  ['/reset/abcdefghijklmnopqrstu', '/reset/*'],
  ['/users/ann%40example.org', '/users/*'],
  ['/favicon.ico', '/*'],
])('%s is named %s', (url, name) => {
  expect(namesOf([url])).toEqual([name])
})

test('a position with many different words is a value from then on, for all of them', () => {
  const names = new PageNames()
  const patients = words(9).map((word) => `/patient/${word}/visits`)
  expect(namesOf(patients.slice(0, 8), 200, names)).toEqual(patients.slice(0, 8))
  expect(namesOf([...patients.slice(8), ...patients.slice(0, 2)], 200, names)).toEqual(
    Array(3).fill('/patient/*/visits'),
  )
})

test('the few words of a resource stay, however often they come', () => {
  const names = new PageNames()
  const paths = ['new', 'search', 'export', 'recent', '17'].map((word) => `/orders/${word}`)
  for (let turn = 0; turn < 20; turn++) namesOf(paths, 200, names)
  expect(namesOf(paths, 200, names)).toEqual([...paths.slice(0, 4), '/orders/*'])
})

test('the resources of an interface may be many', () => {
  for (const entrance of ['', '/api', '/api/v2']) {
    const paths = words(30).map((word) => `${entrance}/${word}`)
    expect(namesOf(paths)).toEqual(paths)
  }
})

test('a page that is not found has a generic name, and does not change the others', () => {
  const names = new PageNames()
  namesOf(['/orders'], 200, names)
  const scanned = words(60).map((word) => `/${word}`)
  expect(new Set(namesOf(scanned, 404, names))).toEqual(new Set(['/*']))
  expect(namesOf(['/orders'], 404, names)).toEqual(['/orders'])
  expect(namesOf(['/orders', '/login'], 200, names)).toEqual(['/orders', '/login'])
})

test('only so many positions are remembered, and beyond them words are taken for values', () => {
  const names = new PageNames()
  const paths = Array.from({ length: 1100 }, (_, at) => `${'/*'.repeat(at)}/page`)
  const kept = namesOf(paths, 200, names).filter((name) => name.endsWith('page'))
  expect(kept).toHaveLength(1000)
})
