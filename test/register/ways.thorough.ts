// `pg-loupe/register` in every way that it can be loaded, and Drizzle however it was loaded.
import { describe, test } from 'vitest'
import { otherWays, testDrizzle, testWay } from './ways.ts'

describe.each(Object.entries(otherWays))('by %s', (_way, way) => testWay(way))

describe.each(['drizzle-orm', 'drizzle-orm-rc'])('%s names its lines', (name) => {
  test.each<[string, Record<string, string>, string[]]>([
    ['as CommonJS', { REQUIRE: '1' }, []],
    ['with stacks that are mapped', {}, ['--enable-source-maps']],
    ['through tsx', {}, ['--import', 'tsx']],
  ])('%s', (_how, env, args) => testDrizzle(name, env, args))
})
