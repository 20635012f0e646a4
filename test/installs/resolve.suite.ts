// The packed package beside old and new majors of runners and ORMs: npm must find a tree for each, without --force or
// --legacy-peer-deps. It resolves only, and downloads nothing but metadata.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { runManager, tarball } from './run-manager.ts'

const BESIDE = {
  jest: ['27', '28', '29', '30'],
  vitest: ['2', '3', '4', '5'],
  mocha: ['9', '10', '11', '12'],
  'drizzle-orm': ['0.37', '0.41', '0.43', '0.44', '0.45', '1.0.0-rc.5'],
  knex: ['1', '2', '3'],
  kysely: ['0.27', '0.28', '0.29'],
  '@mikro-orm/core': ['5', '6', '7'],
  prisma: ['5', '6', '7'],
  sequelize: ['4', '5', '6'],
  typeorm: ['0.2', '0.3', '1'],
  express: ['4', '5'],
  'cls-hooked': ['4'],
}
const ARGS = ['install', '--save-dev', '--package-lock-only', '--prefer-offline', '--no-audit', '--no-fund']

describe.concurrent.each(Object.entries(BESIDE))('npm finds a tree beside %s', (name, ranges) => {
  test.for(ranges)('%s', async (range, { onTestFinished }) => {
    const folder = temporaryFolder({ onTestFinished })
    const wanted = { private: true, devDependencies: { [name]: range } }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(wanted))
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const { status, output } = await runManager(npm, [...ARGS, tarball], folder)
    expect(status, output).toBe(0)
  })
})
