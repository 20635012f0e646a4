// The jobs of docs/ci.md run as GitLab would: the default branch, then a merge request that adds a loop, whose note goes
// to a server that answers as GitLab's API does.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { testDatabase } from '../postgres/test-database.ts'
import { makeProject } from './project.ts'
import { findRecipe } from './read-recipes.ts'

/** Which a machine with Node.js and git alone may not have. */
const hasCurl = spawnSync('curl', ['--version']).status === 0
const database = await testDatabase()
const jobs: Record<string, { script: string[]; variables?: Record<string, string> }> = parse(
  findRecipe('GitLab', 'yaml'),
)

/** The artifact of the target branch, and the note that was written. */
let artifact: string | undefined
let note: URLSearchParams | undefined
let gitlab: Server

beforeAll(async () => {
  gitlab = createServer(async (request, response) => {
    const { url = '', headers } = request
    const isAllowed = headers['private-token'] === 'secret'
    if (isAllowed && url === '/projects/5/jobs/artifacts/main/raw/pg-loupe.json?job=queries' && artifact) {
      response.end(artifact)
    } else if (isAllowed && request.method === 'POST' && url === '/projects/5/merge_requests/7/notes') {
      note = new URLSearchParams(await text(request))
      response.end('{}')
    } else {
      response.writeHead(404).end()
    }
  }).listen(0, '127.0.0.1')
  await once(gitlab, 'listening')
})

afterAll(() => gitlab.close())

test.skipIf(!hasCurl)(
  'a merge request gets its reports and a note, and fails for its own loop',
  async () => {
    const project = makeProject(database.url)
    const setUp = await project.shell(findRecipe('Start with a baseline', 'sh').replace(/^git .*$/m, ''))
    expect(setUp.code, setUp.output).toBe(0)

    const main = await project.shell(script('queries'), jobs.queries?.variables)
    expect(main.code, main.output).toBe(0)
    const first = await project.shell(script('queries-note'), variables())
    expect(first.code, first.output).toBe(0)
    expect(note?.get('body')).toMatch(/^<!-- pg-loupe -->\n## pg-loupe: ⚠️ 1\n/)
    artifact = project.read('pg-loupe.json')

    project.edit(
      'app.js',
      'response.json(authors)',
      "for (const author of authors) await pool.query('select count(*) from books where author_id = $1', [author.id])\n  response.json(authors)",
    )
    const head = await project.shell(script('queries'), jobs.queries?.variables)
    expect(head.code, head.output).toBe(1)
    const issues = JSON.parse(project.read('code-quality.json'))
    expect(issues.map(({ location }: { location: { path: string } }) => location.path)).toEqual([
      'app.js',
      'app.js',
    ])
    expect(project.read('pg-loupe.xml')).toContain('<testsuite name="GET /authors" tests="1" failures="1"')
    const second = await project.shell(script('queries-note'), variables())
    expect(second.code, second.output).toBe(0)
    expect(note?.get('body')).toMatch(/^<!-- pg-loupe -->\n## pg-loupe: 🆕 1 new\n/)
    expect(note?.get('body')).toContain('`GET /authors`')
  },
  180_000,
)

/** Runs a job as a runner does: its commands one after the other, until one fails. */
function script(job: string): string {
  return (jobs[job]?.script ?? []).filter((line) => line !== 'npm ci').join('\n')
}

function variables(): NodeJS.ProcessEnv {
  const { port } = gitlab.address() as AddressInfo
  return {
    CI_API_V4_URL: `http://127.0.0.1:${port}`,
    CI_PROJECT_ID: '5',
    CI_MERGE_REQUEST_IID: '7',
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    QUERIES_TOKEN: 'secret',
  }
}
