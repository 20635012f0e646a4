// The README's table of ORMs tells the versions that are locked. What stands in it is made by `npm run test:orms`; this
// is for those who change a version without running it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readOrmTable } from '../orms/readme-table.ts'

const orms = join(import.meta.dirname, '../orms')

test('the table of ORMs in README.md has each ORM at its locked version', () => {
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
