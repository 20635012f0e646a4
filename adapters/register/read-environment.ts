// The environment variables of pg-loupe/register, as options of a profiler. All are checked before the application
// starts: what is wrong is said then, with the name of the variable, and never in the middle of a request.
import { accessSync, constants } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { checkOptions, type ProfilerOptions } from '../../src/options.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Read = (value: string) => ProfilerOptions

/** Each variable with what it sets; `docs/register.md` describes them. */
const VARIABLES: Readonly<Record<string, Read>> = {
  PG_LOUPE_ENABLED: (value) => ({ enabled: readSwitch(value) }),
  PG_LOUPE_CONSOLE: (value) => ({ reporters: readSwitch(value) ? ['console'] : [] }),
  PG_LOUPE_REPORT: (value) => ({ artifacts: { report: readPath(value) } }),
  PG_LOUPE_TRACES: (value) => ({ artifacts: { traces: readPath(value) } }),
  PG_LOUPE_INCLUDE: (value) => ({ application: { include: readList(value) } }),
  PG_LOUPE_EXCLUDE: (value) => ({ application: { exclude: readList(value) } }),
  PG_LOUPE_UNTRACED: (value) => ({ collectUntraced: readSwitch(value) }),
  PG_LOUPE_CAPTURE: (value) => ({ capture: value as NonNullable<ProfilerOptions['capture']> }),
  PG_LOUPE_OPTIONS: readJson,
}

/** Read elsewhere: every enabled profiler collects, whoever made it, and test runners have options of their own. */
const READ_ELSEWHERE = ['PG_LOUPE_COLLECT', 'PG_LOUPE_RUN']

/**
 * Returns `undefined` when the profiler is switched off.
 *
 * @throws TypeError that names the variable, what it holds and what it takes.
 */
export function readEnvironment(environment: Environment): ProfilerOptions | undefined {
  // Jobs and scripts have no other way to be seen, where nothing in the application may be changed.
  const options: ProfilerOptions = { collectUntraced: true }
  for (const [name, read] of Object.entries(VARIABLES)) {
    const value = environment[name]?.trim()
    if (value)
      Object.assign(
        options,
        merge(
          options,
          naming(name, value, () => checked(read(value))),
        ),
      )
  }
  for (const name of unknownNames(environment)) {
    process.emitWarning(`pg-loupe: there is no variable ${name}; it is one of ${names.join(', ')}`)
  }
  return checkOptions(options).enabled ? options : undefined
}

const names = Object.keys(VARIABLES)

function checked(options: ProfilerOptions): ProfilerOptions {
  checkOptions(options)
  return options
}

function merge(
  before: ProfilerOptions,
  { application, artifacts, ...more }: ProfilerOptions,
): ProfilerOptions {
  return {
    ...more,
    ...(application ? { application: { ...before.application, ...application } } : {}),
    ...(artifacts ? { artifacts: { ...before.artifacts, ...artifacts } } : {}),
  }
}

function naming<T>(name: string, value: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const reason = (error as Error).message.replaceAll('pg-loupe: ', '')
    throw new TypeError(`pg-loupe: ${name}=${value}: ${reason}`)
  }
}

const SWITCH: Readonly<Record<string, boolean>> = { 1: true, true: true, 0: false, false: false }

function readSwitch(value: string): boolean {
  const on = SWITCH[value.toLowerCase()]
  if (on === undefined) throw new TypeError('it takes 1, true, 0 or false')
  return on
}

/** `{pid}` keeps the processes of a cluster from writing over each other's report. */
function readPath(value: string): string {
  const path = resolve(value.replaceAll('{pid}', String(process.pid)))
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch (error) {
    throw new TypeError(`the folder ${dirname(path)} cannot be written: ${(error as Error).message}`)
  }
  return path
}

function readList(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function readJson(value: string): ProfilerOptions {
  try {
    return JSON.parse(value)
  } catch (error) {
    throw new TypeError(`it takes the options of createProfiler as JSON: ${(error as Error).message}`)
  }
}

/** A name misspelt would be silence; those of pg-loupe's own tests are none of an application's. */
function unknownNames(environment: Environment): string[] {
  return Object.keys(environment).filter(
    (name) =>
      name.startsWith('PG_LOUPE_') &&
      !name.startsWith('PG_LOUPE_TEST_') &&
      !names.includes(name) &&
      !READ_ELSEWHERE.includes(name),
  )
}
