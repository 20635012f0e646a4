// The environment variables that set options of the default profiler, which may be created by pg-loupe/register, by the
// set-up file of a test runner, or by profilePool without a profiler. Nothing is thrown here: the caller decides whether a
// wrong value stops the program.
import { accessSync, constants } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { PANEL_VARIABLES } from '../panel/connect/panel-option.ts'
import { checkOptions, type ProfilerOptions } from '../profiler/options.ts'
import { hideToken } from '../text/hide-token.ts'
import { mergeOptions } from './merge-options.ts'
import { splitOutput } from './output-files.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Read = (value: string) => ProfilerOptions

/** Each variable with what it sets; `docs/register.md` describes them. */
const VARIABLES: Readonly<Record<string, Read>> = {
  PG_LOUPE_ENABLED: (value) => ({ enabled: readSwitch(value) }),
  PG_LOUPE_CONSOLE: readConsole,
  PG_LOUPE_EDITOR: (value) => ({ editor: value }),
  PG_LOUPE_OUTPUT: (value) => ({ outputs: readOutputs(value) }),
  PG_LOUPE_INCLUDE: (value) => ({ application: { include: readList(value) } }),
  PG_LOUPE_EXCLUDE: (value) => ({ application: { exclude: readList(value) } }),
  PG_LOUPE_UNTRACED: (value) => ({ collectUntraced: readSwitch(value) }),
  PG_LOUPE_CAPTURE: (value) => ({ capture: value as NonNullable<ProfilerOptions['capture']> }),
  PG_LOUPE_PANEL: onlyChecked(PANEL_VARIABLES.PG_LOUPE_PANEL),
  PG_LOUPE_PANEL_EXPLAIN: onlyChecked(PANEL_VARIABLES.PG_LOUPE_PANEL_EXPLAIN),
  PG_LOUPE_PANEL_IN_PRODUCTION: onlyChecked(PANEL_VARIABLES.PG_LOUPE_PANEL_IN_PRODUCTION),
  PG_LOUPE_OPTIONS: readJson,
}

/** These hold for every profiler of the process, and each reads them itself. Here a wrong one is found. */
function onlyChecked(check: (value: string) => void): Read {
  return (value) => {
    check(value)
    return {}
  }
}

/** Read elsewhere: every enabled profiler collects, test runners have options of their own, and doctor observes. */
const READ_ELSEWHERE = ['PG_LOUPE_COLLECT', 'PG_LOUPE_RUN', 'PG_LOUPE_OBSERVE']

export interface EnvironmentOptions {
  /** The options from the valid variables. */
  options: ProfilerOptions
  /** One sentence for each variable that is wrong, with its name, what it holds and what it takes. */
  problems: string[]
  /** One sentence for each name that no variable has. */
  unknown: string[]
}

export function readEnvironment(environment: Environment): EnvironmentOptions {
  let options: ProfilerOptions = {}
  const problems: string[] = []
  for (const [name, read] of Object.entries(VARIABLES)) {
    const value = environment[name]?.trim()
    if (!value) continue
    try {
      const merged = mergeOptions(
        options,
        naming(name, value, () => checked(read(value))),
      )
      options = checked(merged)
    } catch (error) {
      problems.push((error as Error).message)
    }
  }
  return { options, problems, unknown: unknownNames(environment).map(describeUnknown) }
}

const names = Object.keys(VARIABLES)

function checked(options: ProfilerOptions): ProfilerOptions {
  checkOptions(options)
  return options
}

function describeUnknown(name: string): string {
  return `pg-loupe: there is no variable ${name}; it is one of ${names.join(', ')}`
}

function naming<T>(name: string, value: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const reason = (error as Error).message.replaceAll('pg-loupe: ', '')
    throw new TypeError(`pg-loupe: ${name}=${hideToken(value)}: ${reason}`)
  }
}

const SWITCH: Readonly<Record<string, boolean>> = { 1: true, true: true, 0: false, false: false }

function readSwitch(value: string): boolean {
  const on = SWITCH[value.toLowerCase()]
  if (on === undefined) throw new TypeError('it takes 1, true, 0 or false')
  return on
}

/** A variable that is set prints also in tests, where the default is `off`. */
function readConsole(value: string): ProfilerOptions {
  const word = value.toLowerCase()
  if (word === 'off' || word === 'requests' || word === 'findings') return { console: word }
  const on = SWITCH[word]
  if (on === undefined) throw new TypeError('it takes requests, findings, off, 1, true, 0 or false')
  return { console: on ? 'requests' : 'off' }
}

/** As `--output` takes them, several with commas: `json=pg-loupe.json,traces=traces.ndjson`. */
function readOutputs(value: string): Record<string, string> {
  const outputs = readList(value).map(splitOutput)
  return Object.fromEntries(
    outputs.map(({ format, file }) => {
      if (format === undefined || file === '')
        throw new TypeError('it takes a format and a file: json=pg-loupe.json, several with commas')
      return [format, readPath(file)]
    }),
  )
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
