// The table of ORMs in docs/orms.md names the locked versions. `npm run test:orms` writes the table. This test fails if a version
// was changed without running that.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readOrmTable } from '../orms/orm-table.ts'

const orms = join(import.meta.dirname, '../orms')

test('the table of ORMs in docs/orms.md has each ORM at its locked version', () => {
  const { packages } = JSON.parse(readFileSync(join(orms, 'package-lock.json'), 'utf8'))
  const locked = (name: string) => packages[`node_modules/${name}`].version
  const told = [...readOrmTable().matchAll(/^\| \[(\w[\w ]*?) (\d[^\]\s]*)\]\(\S+\) +\|/gm)].map(
    ([, name, version]) => [name, version],
  )
  expect(told).toEqual([
    ['Drizzle', locked('drizzle-orm')],
    ['Drizzle', locked('drizzle-orm-rc')],
    ['knex', locked('knex')],
    ['Kysely', locked('kysely')],
    ['MikroORM', locked('@mikro-orm/postgresql')],
    ['Prisma', locked('@prisma/client')],
    ['Sequelize', locked('sequelize')],
    ['TypeORM', locked('typeorm')],
  ])
})
