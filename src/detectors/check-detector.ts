// Checks that a value which a user gives as a detector is one. The sentence says what is wrong, so that the profiler or the
// command can refuse it at start.
import type { Detector, DetectorMeta } from '../types/detector.ts'
import { SEVERITIES } from '../worst-first.ts'

/** Lower-case words joined by hyphens. */
const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

/** The option `detectors.rules` has the place of this id. */
const RESERVED_ID = 'rules'

const TEXTS = ['description', 'url', 'page'] as const
const SWITCHES = ['isMeasured', 'isLoop', 'isBudget'] as const

/** Returns what the value would need to be a detector, or undefined when it is one. */
export function whatDetectorNeeds(value: unknown): string | undefined {
  const detector = Object(value) as Partial<Record<string, unknown>>
  const { meta } = detector
  if (typeof meta !== 'object' || meta === null) return 'meta with id, title, severity and defaults'
  return whatMetaNeeds(meta) ?? whatFunctionsNeed(detector)
}

export function isDetector(value: unknown): value is Detector {
  return whatDetectorNeeds(value) === undefined
}

function whatMetaNeeds(meta: Partial<Record<keyof DetectorMeta, unknown>>): string | undefined {
  const { id, title, severity, defaults } = meta
  if (typeof id !== 'string' || !ID.test(id)) return 'a meta.id of lower-case words joined by hyphens'
  if (id === RESERVED_ID)
    return `another meta.id than ${RESERVED_ID}, which is the option for detectors of your own`
  if (typeof title !== 'string' || title.trim() === '') return 'a meta.title that is not empty'
  if (!SEVERITIES.some((name) => name === severity))
    return `a meta.severity that is one of ${SEVERITIES.join(', ')}`
  const text = TEXTS.find((name) => meta[name] !== undefined && typeof meta[name] !== 'string')
  if (text) return `a text as meta.${text}`
  const isSwitch = SWITCHES.find((name) => meta[name] !== undefined && typeof meta[name] !== 'boolean')
  if (isSwitch) return `true or false as meta.${isSwitch}`
  if (typeof defaults !== 'object' || defaults === null)
    return 'meta.defaults, an object with the default of each option'
  const option = Object.entries(defaults).find(([, initial]) => !isDefault(initial))
  if (option) return `a whole number, or an object of whole numbers, as meta.defaults.${option[0]}`
  return undefined
}

function isDefault(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return isCount(value)
  return Object.values(value).every(isCount)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function whatFunctionsNeed(detector: Partial<Record<string, unknown>>): string | undefined {
  const has = (name: string) => typeof detector[name] === 'function'
  const isCrossTrace = ['observe', 'merge', 'conclude'].every(has)
  if (has('detect') !== isCrossTrace) return undefined
  return isCrossTrace
    ? 'either detect, or observe, merge and conclude, but not both'
    : 'the function detect, or the functions observe, merge and conclude'
}
