// The check of the option `detectors`: the user's own detectors, and the options of every detector. The schema of a
// detector's options follows from its defaults.
import * as v from 'valibot'
import { isDetector, whatDetectorNeeds } from '../detectors/check-detector.ts'
import { detectors } from '../detectors/index.ts'
import type { ActiveDetector, Detector, DetectorOptions, SelectedDetectors } from '../types/detector.ts'
import { record, wholeNumber } from './option-shapes.ts'

/** The valid detectors in `detectors.rules` of unchecked options, each once. */
export function rulesOf(options: unknown): readonly Detector[] {
  const { rules } = Object(Object(options).detectors) as { rules?: unknown }
  const valid = Array.isArray(rules) ? rules.filter(isDetector) : []
  return valid.filter((rule, at) => !isTaken(rule, valid.slice(0, at)) && valid.indexOf(rule) === at)
}

/** Turns the option into the detectors that are switched on, with their options. */
export function detectorSettings(rules: readonly Detector[]) {
  const all = [...detectors, ...rules]
  const entries = Object.fromEntries(all.map(settingsEntry))
  return v.pipe(
    record({ ...entries, rules: v.optional(rulesList(), []) }),
    v.transform(
      ({ rules: _rules, ...settings }): SelectedDetectors => ({ rules, active: select(all, settings) }),
    ),
  )
}

function select(
  all: readonly Detector[],
  settings: Record<string, DetectorOptions | undefined>,
): ActiveDetector[] {
  return all.flatMap((detector) => {
    const options = settings[detector.meta.id]
    return options ? [{ detector, options }] : []
  })
}

function settingsEntry({ meta }: Detector) {
  const options = Object.entries(meta.defaults).map(([name, value]) => [
    name,
    typeof value === 'number'
      ? v.optional(wholeNumber(Math.min(value, 1)), value)
      : v.optional(countByName(), value),
  ])
  const shape = record(Object.fromEntries(options))
  const off = v.pipe(
    v.literal(false),
    v.transform(() => undefined),
  )
  return [
    meta.id,
    v.optional(
      v.lazy((input) => (input === false ? off : shape)),
      {},
    ),
  ] as const
}

function countByName() {
  return v.record(v.string(), wholeNumber(0), 'an object of whole numbers by name')
}

function rulesList() {
  return v.pipe(
    v.array(v.unknown(), 'an array of detectors'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return
      const rules = dataset.value
      rules.forEach((rule, key) => {
        const message = whatRuleTakes(rule, rules.slice(0, key))
        if (message === undefined) return
        addIssue({
          message,
          path: [{ type: 'array', origin: 'value', input: rules, key, value: rule }],
        })
      })
    }),
  )
}

function whatRuleTakes(rule: unknown, before: readonly unknown[]): string | undefined {
  if (typeof rule === 'string')
    return 'a detector; the path of a module is read in a pg-loupe.config file only'
  const needs = whatDetectorNeeds(rule)
  if (needs !== undefined) return `a detector with ${needs}`
  return isTaken(rule as Detector, before.filter(isDetector))
    ? `a detector whose meta.id no other one has; ${(rule as Detector).meta.id} is taken`
    : undefined
}

/** The same detector twice is no conflict: a configuration file and the code may both name it. */
function isTaken(rule: Detector, before: readonly Detector[]): boolean {
  return [...detectors, ...before].some((other) => other !== rule && other.meta.id === rule.meta.id)
}

export function idsOf(all: readonly Detector[]): string[] {
  return all.map(({ meta }) => meta.id)
}

export function activeIds({ active }: SelectedDetectors): string[] {
  return active.map(({ detector }) => detector.meta.id)
}

export function takesOneOf(ids: readonly string[]): string {
  return `one of ${ids.join(', ')}`
}
