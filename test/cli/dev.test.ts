// pg-loupe dev and the commands that ask its panel, as they are built, over real programs with a real PostgreSQL.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { panelPlaces } from '../panel/panel-places.ts'
import { makeLibrary } from '../postgres/library-tables.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { strangerEnvironment } from '../stranger-environment.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { builtCommand, runBuilt, type Surroundings } from './built-command.ts'
import { project } from './run-recorded.ts'

const database = await testDatabase()
beforeAll(() => makeLibrary(database.config))

/** Panels are found by files in this folder, so that tests do not find those of others. */
function surroundings(): Surroundings & { env: NodeJS.ProcessEnv } {
  return { cwd: project, env: { DATABASE_URL: database.url, ...panelPlaces(temporaryFolder()) } }
}

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/

/** Under `dev` until the end of the test: asks for the paths and then stays. */
async function running(paths: readonly string[], own = surroundings()) {
  const words = ['dev', '--port', '0', '--', 'node', 'main.mjs', ...paths, 'say:done', 'hang']
  const child = spawn(process.execPath, [builtCommand, ...words], {
    cwd: own.cwd,
    env: { ...strangerEnvironment(), ...own.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  await prints(child, /done/)
  return {
    ask: (...args: string[]) => runBuilt(args, own),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function prints(child: ChildProcess, text: RegExp): Promise<string> {
  let output = ''
  for await (const chunk of child.stdout ?? []) {
    output += chunk
    if (text.test(output)) return output
  }
  throw new Error(`it ended after ${output}`)
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('pg-loupe dev', () => {
  test('leaves standard input and output, and the exit code, to the command, and says the address in one line', async () => {
    const words = ['--port', '0', '--', 'node', 'main.mjs', 'cat', 'say:hello', 'exit:7']
    const { stdout, stderr, code } = await runBuilt(['dev', ...words], { ...surroundings(), input: 'text\n' })
    expect([stdout, code]).toEqual(['text\nhello\n', 7])
    expect(stderr).toMatch(new RegExp(`^pg-loupe: the panel is at ${ADDRESS.source}\n$`))
  })

  test('prints the console of the application, and sends each trace of processes that come and go to the panel', async () => {
    await using dev = await running(['child:/books', 'child:/authors/5001', 'worker:/books/at-once'])
    const { stdout } = await dev.ask('requests', '--json')
    const { requests } = JSON.parse(stdout) as { requests: { route: string; queries: number }[] }
    expect(requests.map(({ route, queries }) => [route, queries])).toEqual([
      ['«GET /books/at-once»', 2],
      ['«GET /authors/:id»', 1],
      ['«GET /books»', 5],
    ])
  })

  test.each([
    ['that the command handles', ['handle:SIGTERM'], 'got SIGTERM\n', 9],
    ['that ends the command', [], '', 143],
  ])('passes on a signal %s, and ends with the command', async (_, words, output, status) => {
    const { stdout, code } = await runBuilt(
      ['dev', '--port', '0', '--', 'node', 'main.mjs', ...words, 'say:ready', 'hang'],
      { ...surroundings(), started: (child) => child.stdout?.once('data', () => child.kill('SIGTERM')) },
    )
    expect([stdout, code]).toEqual([`ready\n${output}`, status])
  })

  test('says that there is no such command, with the status of a shell', async () => {
    const { stderr, code } = await runBuilt(['dev', '--port', '0', '--', 'no-such-command'], surroundings())
    expect([code, stderr]).toEqual([127, expect.stringContaining('no-such-command could not be started')])
  })

  test('without a command serves the panel alone, says how to connect, and ends by a signal', async () => {
    const { stderr, code } = await runBuilt(['dev', '--port', '0'], {
      ...surroundings(),
      started: (child) => child.stderr?.on('data', (text) => /Ctrl-C/.test(text) && child.kill('SIGINT')),
    })
    expect(code).toBe(0)
    expect(stderr).toMatch(new RegExp(`PG_LOUPE_PANEL='${ADDRESS.source}'`))
  })

  test('names a port that is taken, and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { stderr, code } = await runBuilt(['dev', '--port', String(port)], surroundings())
    server.close()
    expect([code, stderr]).toEqual([2, expect.stringMatching(new RegExp(`port ${port} is taken.*--port`))])
  })

  test.each([
    [['--port', '70000'], /--port.*from 1 to 65535/],
    [['--port', 'x'], /--port.*from 1 to 65535/],
    [['--host', '0.0.0.0', '--port', '0'], /--host 0\.0\.0\.0.*host name/],
    [['--badge-origin', 'example.com/x', '--port', '0'], /--badge-origin takes an origin/],
    [['--map-path', '/app', '--port', '0'], /--map-path.*two folders/],
  ])('refuses %j with a sentence that names the option', async (options, message) => {
    const { stderr, code } = await runBuilt(['dev', ...options], surroundings())
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })

  test('is off in production, unless it is asked for there', async () => {
    const own = surroundings()
    const env = { ...own.env, NODE_ENV: 'production' }
    const off = await runBuilt(['dev', '--port', '0', '--', 'node', 'main.mjs', 'say:ran'], { ...own, env })
    expect([off.code, off.stdout, off.stderr]).toEqual([
      2,
      '',
      expect.stringMatching(/NODE_ENV.*--in-production/),
    ])
    const on = await runBuilt(
      ['dev', '--port', '0', '--in-production', '--', 'node', 'main.mjs', 'say:ran'],
      {
        ...own,
        env,
      },
    )
    expect([on.code, on.stdout]).toEqual([0, 'ran\n'])
  })
})

describe('the commands that ask the panel', () => {
  test('show the finding, its trace and its state, by beginnings of keys and ids', async () => {
    await using dev = await running(['/books'])
    const list = await dev.ask('findings')
    expect(list.stdout).toMatch(
      /^key +severity .*\n[\da-f]{8} +\w+ .*still there +1 of 1 .* GET \/books +app\.mjs:\d+/,
    )
    const [key = ''] = list.stdout.match(/[\da-f]{8}/) ?? []
    const finding = await dev.ask('finding', key.slice(0, 4))
    expect(finding.stdout).toMatch(/> +\d+ +await pool\.query\('select name from authors where id = \$1'/)
    expect(finding.stdout).not.toMatch(/[«»]/)
    const { requests } = JSON.parse((await dev.ask('requests', '--json')).stdout)
    const trace = await dev.ask('trace', requests[0].id.slice(0, 8))
    expect(trace.stdout).toMatch(/\n +1 +4 .* app\.mjs:\d+:\d+ +select name from authors where id = \?\n/)
    const explained = await dev.ask('explain', requests[0].id, '0')
    expect([explained.code, explained.stderr]).toEqual([2, expect.stringMatching(/--explain/)])
  })

  test('wait for the request that a command sends, and judge only that', async () => {
    await using dev = await running(['/books'])
    const [key = ''] = (await dev.ask('findings')).stdout.match(/[\da-f]{8}/) ?? []
    const unrelated = ['--', 'node', '-e', 'console.log("out of the command")']
    const verified = await dev.ask('verify', key, '--wait', '0', ...unrelated)
    expect([verified.code, verified.stdout]).toEqual([3, expect.stringMatching(/^not exercised\n/)])
    expect(verified.stderr).toContain('out of the command')
    const again = await dev.ask('verify', key, '--wait', '0', '--since', '0', '--json')
    expect([again.code, JSON.parse(again.stdout).state]).toEqual([1, 'still_there'])
    const awaited = await dev.ask('await', '--wait', '0', '--json', ...unrelated)
    expect([awaited.code, JSON.parse(awaited.stdout).newest]).toEqual([3, 1])
    expect((await dev.ask('await', '--after', '0')).stdout).toMatch(/GET \/books/)
  })

  test('say how to start a panel when none runs, and which token a panel takes', async () => {
    const own = surroundings()
    const none = await runBuilt(['findings'], own)
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/No panel is running.*pg-loupe dev/)])
    const gone = await runBuilt(
      ['findings', '--panel', `http://127.0.0.1:${await closedPort()}/?token=${'x'.repeat(43)}`],
      own,
    )
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringMatching(/does not answer \(\w+\)/)])
    const wrong = await runBuilt(['findings', '--panel', 'localhost'], own)
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/expected an address/)])
  })
})
