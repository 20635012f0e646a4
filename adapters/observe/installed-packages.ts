// Lists the frameworks and ORMs that a process has loaded, with their versions, together with those that were recognised by
// requests and queries. Only the CommonJS files that Node.js remembers are searched; an ORM of ES modules is known by its queries.
import type { OrmFacts, PackageFacts, SetupFacts } from '../../src/setup/setup-facts.ts'
import { moduleCache } from './module-cache.ts'
import { packageInPath, packageOf } from './package-of.ts'

const FRAMEWORKS: ReadonlySet<string> = new Set([
  'express',
  'fastify',
  'koa',
  'hono',
  'next',
  '@nestjs/core',
  '@hapi/hapi',
])
const ORMS: ReadonlySet<string> = new Set([
  'drizzle-orm',
  'knex',
  'kysely',
  'objection',
  'sequelize',
  'typeorm',
  '@mikro-orm/core',
  '@prisma/client',
])

const known = new Map<string, PackageFacts | undefined>()
let filesLooked = 0

export function installedPackages({ frameworks, orms }: Pick<SetupFacts, 'frameworks' | 'orms'>): {
  frameworks: PackageFacts[]
  orms: OrmFacts[]
} {
  look()
  const loaded = [...known.values()].flatMap((found) => found ?? [])
  const named = new Set(frameworks.flatMap(({ name, version }) => (version ? [name] : [])))
  const ofLoaded = loaded.filter(({ name }) => FRAMEWORKS.has(name) && !named.has(name))
  const seen = new Set(orms.map(({ name }) => name))
  const silent = loaded.filter(({ name }) => ORMS.has(name) && !seen.has(name))
  return {
    frameworks: [...frameworks.filter(({ name }) => !ofLoaded.some((one) => one.name === name)), ...ofLoaded],
    orms: [...orms, ...silent.map((one) => ({ ...one, queries: 0, queriesWithoutLine: 0 }))],
  }
}

function look(): void {
  const files = Object.keys(moduleCache())
  for (const file of files.slice(filesLooked)) {
    const installed = packageInPath(file)
    if (!installed || known.has(installed.name)) continue
    const found = packageOf(`${installed.folder}/package.json`)
    const isWanted = found && (FRAMEWORKS.has(found.name) || ORMS.has(found.name))
    known.set(installed.name, isWanted ? { name: found.name, version: found.version } : undefined)
  }
  filesLooked = files.length
}
