// The packed package beside old and new majors of runners and ORMs: npm must find a tree for each, without --force or
// --legacy-peer-deps. It resolves only, and downloads nothing but metadata. Whatever cannot be had is a failure.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from '../packed-package.mjs'

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
const AT_ONCE = 2

const home = mkdtempSync(join(tmpdir(), 'pg-loupe-installs-'))
try {
  const tarball = pack(home)
  const waiting = Object.entries(BESIDE).flatMap(([name, ranges]) => ranges.map((range) => [name, range]))
  const refused = []
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, range] = next
      const { status, output } = await resolve(name, range, tarball)
      process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} ${range}\n`)
      if (status !== 0) refused.push(`${name} ${range}\n${output}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  process.stdout.write(refused.join('\n'))
  process.exitCode = refused.length > 0 ? 1 : 0
} finally {
  rmSync(home, { recursive: true, force: true })
}

function resolve(name, range, tarball) {
  const folder = join(home, `${name}-${range}`.replaceAll(/\W/g, '-'))
  mkdirSync(folder)
  const wanted = { private: true, devDependencies: { [name]: range } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(wanted))
  const args = ['install', '--save-dev', '--package-lock-only', '--prefer-offline', '--no-audit', '--no-fund']
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const child = spawn(npm, [...args, tarball], { cwd: folder, shell: process.platform === 'win32' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
    })
  }
  return new Promise((done) => child.once('close', (status) => done({ status, output })))
}
