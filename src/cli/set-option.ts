// `--set n-plus-one.minLikely=5` as options of a profiler, checked by the same rules and refused in the same words.
import { type Command, Option } from 'commander'
import { checkOptions } from '../profiler/options.ts'

type Settings = ReturnType<typeof checkOptions>['detectors']

export function addDetectorOption(command: Command): Command {
  return command.addOption(
    new Option('--set <detector.option=value>', 'an option of a detector, or detector=false; repeatable')
      .argParser((value: string, before: readonly string[]) => [...before, value])
      .default([], 'see the pages of the detectors'),
  )
}

/**
 * `before` are options of detectors that have been checked.
 *
 * @throws Error that names the setting that is wrong, what it got and what it takes.
 */
export function parseSettings(settings: readonly string[], before: object = {}): Settings {
  const { rules, ...options } = before as { rules?: unknown }
  const detectors: Record<string, unknown> = structuredClone(options)
  for (const setting of settings) {
    const { detector, option, name, value } = split(setting)
    const known = ownObject(detectors, detector)
    if (option === undefined) define(detectors, detector, value === true ? {} : value)
    else if (name === undefined) define(detectors, detector, define(known, option, value))
    else define(detectors, detector, define(known, option, define(ownObject(known, option), name, value)))
  }
  try {
    return checkOptions({ detectors: rules === undefined ? detectors : { rules, ...detectors } }).detectors
  } catch (error) {
    throw new Error(
      (error as Error).message.replaceAll('pg-loupe: ', '').replaceAll('option detectors.', '--set '),
    )
  }
}

interface Setting {
  detector: string
  option: string | undefined
  /** An option that takes values by name: `query-budget.routes.GET /orders=5`. */
  name: string | undefined
  value: unknown
}

function split(setting: string): Setting {
  const match = /^([^.=]+)(?:\.([^.=]+)(?:\.(.+))?)?=([^=]*)$/s.exec(setting)
  if (!match) throw new Error(`--set ${setting}: takes detector.option=value, or detector=false`)
  const [, detector = '', option, name, value = ''] = match
  return { detector, option, name, value: parseValue(value) }
}

function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** Also what is named like a property of every object. */
function define(target: Record<string, unknown>, name: string, value: unknown): Record<string, unknown> {
  return Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}

/** The settings so far. A setting overrides `false`. */
function ownObject(holder: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = Object.hasOwn(holder, name) ? holder[name] : undefined
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
