// Every page of docs/orms, executed as it stands: the application without a change under pg-loupe/register, with the
// lines of the page, under jest and under vitest. The loop of the page is named at its line, and its fix is quiet.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type Page, readPages, withoutLoupe } from './page.ts'

/** Ends the line of the application that is to be named. */
const MARK = /\/\/ this line is named$/m

const database = await testDatabase()
const home = temporaryFolder({ onTestFinished: afterAll })
beforeAll(async () => {
  symlinkSync(join(import.meta.dirname, 'node_modules'), join(home, 'node_modules'), 'dir')
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query(readFileSync(join(import.meta.dirname, 'library.sql'), 'utf8'))
  await client.end()
})

const APPLICATIONS = ['loop', 'fix'] as const
type Application = (typeof APPLICATIONS)[number]

describe.each(readPages().map((page) => [page.name, page] as const))('docs/orms/%s.md', (_name, page) => {
  const service = [...page.files.keys()].find((name) => /^authors\.[jt]s$/.test(name)) ?? ''
  const place = `${service}:${lineOf(page.files.get(service)?.[0] ?? '', MARK)}:`

  describe.each(APPLICATIONS)('with the %s', (application) => {
    test.each([
      ['without a change', page.command, withoutLoupe],
      ['with the lines of the page', page.command.replace('--require pg-loupe/register ', ''), undefined],
    ] as const)('%s the server names what it finds', async (_title, command, change) => {
      const { output, body } = await askServer(write(page, application, change), command)
      expect(inOrder(JSON.parse(body))).toEqual(LIBRARY)
      checkFinding(application, output)
    })

    test.each(['jest', 'vitest'])('%s fails for the loop alone', async (runner) => {
      const folder = write(page, application)
      const { output, code } = await shell(folder, COMMANDS[runner] ?? '')
      checkRun(application, output, code)
    })

    test.runIf((page.files.get('jest.config.js')?.length ?? 0) > 1)(
      'jest with a set-up file that profiles the application fails for the loop alone',
      async () => {
        const folder = write(page, application, (text, name) =>
          name.startsWith('db.') ? withoutLoupe(text) : text,
        )
        writeFileSync(join(folder, 'jest.config.js'), page.files.get('jest.config.js')?.[1] ?? '')
        const { output, code } = await shell(folder, COMMANDS.jest ?? '')
        checkRun(application, output, code)
      },
    )
  })

  function checkFinding(application: Application, output: string): void {
    expect(output).toMatch(/^pg-loupe {2}GET \/authors {2}/m)
    expect(output).not.toMatch(/^pg-loupe: /m)
    if (application === 'loop') expect(output).toContain(place)
    else expect(output).not.toContain('N+1')
  }

  function checkRun(application: Application, output: string, code: number | null): void {
    if (application === 'loop') {
      expect(output).toMatch(/expected no N\+1, but found 1 N\+1 in 5 queries/)
      expect(output).toContain(place)
      expect(code).toBe(1)
    } else {
      expect(output).not.toContain('N+1')
      expect(code, output).toBe(0)
    }
    expect(output).toMatch(/^pg-loupe {2}\d+ quer(?:y|ies) in 1 test/m)
  }
})

const COMMANDS: Record<string, string> = {
  jest: 'node node_modules/jest/bin/jest.js',
  vitest: 'node node_modules/vitest/vitest.mjs run --config vitest.config.mjs',
}

/** The answer of `GET /authors`, from library.sql. */
const LIBRARY = [7001, 7002, 7003, 7004].map((id) => ({
  id,
  name: `author ${id}`,
  books: Array.from({ length: 12 }, (_, index) => 9001 + index)
    .filter((book) => 7001 + (book % 4) === id)
    .map((book) => `book ${book}`)
    .sort()
    .map((title) => expect.objectContaining({ title })),
}))

/** Books of one author come in any order. */
function inOrder(authors: { books: { title: string }[] }[]) {
  for (const { books } of authors) books.sort((a, b) => (a.title < b.title ? -1 : 1))
  return authors
}

/** Compiler options that the decorators of TypeORM and MikroORM need. */
const TSCONFIG = { compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true } }

let folders = 0

function write(
  page: Page,
  application: Application,
  change: (text: string, name: string) => string = (text) => text,
): string {
  const folder = join(home, `${page.name}-${folders++}`)
  mkdirSync(folder)
  symlinkSync(join(home, 'node_modules'), join(folder, 'node_modules'), 'dir')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  for (const [name, [first = '', second = first]] of page.files) {
    const isService = name.startsWith('authors.') && !name.includes('.test.')
    writeFileSync(join(folder, name), change(isService && application === 'fix' ? second : first, name))
  }
  return folder
}

async function askServer(folder: string, command: string): Promise<{ output: string; body: string }> {
  const port = await freePort()
  const [program = '', ...args] = command.split(' ')
  const child = spawn(program, args, { cwd: folder, env: environment({ PORT: String(port) }) })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  try {
    const body = await until(
      () =>
        fetch(`http://127.0.0.1:${port}/authors`).then(
          (response) => response.text(),
          () => undefined,
        ),
      () => output,
    )
    await until(
      async () => /^pg-loupe {2}GET \/authors/m.test(output) || undefined,
      () => output,
    )
    return { output, body }
  } finally {
    child.kill('SIGKILL')
  }
}

async function until<T>(ask: () => Promise<T | undefined>, describe: () => string): Promise<T> {
  for (const started = Date.now(); Date.now() - started < 20_000; ) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the server did not answer, or printed nothing of it:\n${describe()}`)
}

async function shell(folder: string, command: string): Promise<{ output: string; code: number | null }> {
  const [program = '', ...args] = command.split(' ')
  const child = spawn(program, args, { cwd: folder, env: environment({}) })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { output, code }
}

/** As a developer's shell has it. */
function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return { PATH, HOME, NO_COLOR: '1', DATABASE_URL: database.url, ...more }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.on('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function lineOf(text: string, mark: RegExp): number {
  return text.split('\n').findIndex((line) => mark.test(line)) + 1
}
