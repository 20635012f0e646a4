// Builds another commit, so that two builds can be measured in the same rounds. The commit's files are unpacked into an ignored
// folder of the working tree. That folder is not below node_modules, because TypeScript 7 compiles ES modules there whatever
// the configuration says.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface CommitBuild {
  /** The commit's short hash. */
  hash: string
  /** The commit's own `bench/cost/variants.mjs`, which knows how to set up that build. */
  variants: string
}

/**
 * Unpacks and builds a commit, or returns the build that already exists.
 *
 * @throws Error when `commit` names no commit, or its build fails.
 */
export function buildCommit(commit: string): CommitBuild {
  const hash = git('rev-parse', '--verify', '--short=10', `${commit}^{commit}`).toString().trim()
  const folder = join(root, 'dist.bench-builds', hash)
  const built = { hash, variants: join(folder, 'bench/cost/variants.mjs') }
  if (existsSync(folder)) return built

  const unpacked = `${folder}.${process.pid}`
  mkdirSync(unpacked, { recursive: true })
  try {
    run('tar', ['-x', '-C', unpacked], git('archive', '--format=tar', hash))
    run(
      process.execPath,
      ['--input-type=module', '-e', LINK_AND_BUILD, join(root, 'node_modules')],
      undefined,
      unpacked,
    )
    renameSync(unpacked, folder)
  } finally {
    rmSync(unpacked, { recursive: true, force: true })
  }
  return built
}

/** The build runs in its own process, because the build script works on the folder that contains it. */
const LINK_AND_BUILD = `import { symlinkSync } from 'node:fs'
symlinkSync(process.argv[1], 'node_modules', 'junction')
await import(process.cwd() + '/scripts/build.mjs')`

function git(...args: string[]): Buffer {
  return run('git', args, undefined, root)
}

function run(command: string, args: readonly string[], input?: Buffer, cwd?: string): Buffer {
  const result = spawnSync(command, args, {
    cwd,
    input,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  if (result.error) throw result.error
  if (result.status !== 0) throw new Error(`${command} ${args[0]} failed with status ${result.status}`)
  return result.stdout
}
