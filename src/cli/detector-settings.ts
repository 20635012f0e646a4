// `--set n-plus-one.likely=5` as options of a profiler, checked by the same rules and refused in the same words.
import { checkOptions } from '../options.ts'

type Settings = ReturnType<typeof checkOptions>['detectors']

/** @throws Error that names the setting that is wrong, what it got and what it takes. */
export function parseSettings(settings: readonly string[]): Settings {
  const detectors: Record<string, unknown> = {}
  for (const setting of settings) {
    const { detector, option, value } = split(setting)
    const known = Object.hasOwn(detectors, detector) ? detectors[detector] : undefined
    if (option === undefined) define(detectors, detector, value === true ? {} : value)
    else define(detectors, detector, define(isObject(known) ? known : {}, option, value))
  }
  try {
    return checkOptions({ detectors }).detectors
  } catch (error) {
    throw new Error(
      (error as Error).message.replaceAll('pg-loupe: ', '').replaceAll('option detectors.', '--set '),
    )
  }
}

function split(setting: string): { detector: string; option: string | undefined; value: unknown } {
  const match = /^([^.=]+)(?:\.([^=]+))?=(.*)$/s.exec(setting)
  if (!match) throw new Error(`--set ${setting}: takes detector.option=value, or detector=false`)
  const [, detector = '', option, value = ''] = match
  return { detector, option, value: parseValue(value) }
}

function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** Also what is named like a property of every object. */
function define(target: Record<string, unknown>, name: string, value: unknown): Record<string, unknown> {
  return Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
