// The option `panel` of a profiler, and the environment variables that hold for every profiler of the process: `pg-loupe dev`
// sets them, so that an application with a profiler of its own is seen without a change.
import * as v from 'valibot'
import { record } from '../../profiler/option-shapes.ts'
import { warnOnce } from '../../profiler/warn-once.ts'
import { type PanelAddress, parsePanelAddress } from '../panel-address.ts'

export interface PanelOptions {
  /** The address that `pg-loupe dev` prints, with its token. Default: that of the panel that runs on this machine for this user. */
  address?: string
  /**
   * Lets the panel ask for plans: `EXPLAIN (GENERIC_PLAN)` of statements that this process has sent, in a read-only transaction on a
   * connection of its own. Nothing is executed. Default: false.
   */
  explain?: boolean
  /** Connects to the panel also if NODE_ENV is `production`. Default: false. */
  inProduction?: boolean
}

/** The option and the environment combined. */
export interface PanelSettings {
  /** Absent when the panel of this machine is to be found. */
  address: PanelAddress | undefined
  explain: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

const ADDRESS = 'an address as pg-loupe dev prints it: http://127.0.0.1:4983/?token=…'

const address = v.pipe(v.string(ADDRESS), v.check(isAddress, ADDRESS))
const options = record({
  address: v.optional(address),
  explain: v.optional(v.boolean('true or false')),
  inProduction: v.optional(v.boolean('true or false')),
})
const onOrOff = v.boolean(`true, false, ${ADDRESS}, or an object with address, explain and inProduction`)

/** The shape is chosen by the kind of the value, so that the message is about what was meant. */
export const panelOption = v.optional(
  v.lazy((given) =>
    typeof given === 'object' && given !== null ? options : typeof given === 'string' ? address : onOrOff,
  ),
)

/** The variables, each with what it takes. */
export const PANEL_VARIABLES = {
  PG_LOUPE_PANEL: (text: string) => {
    if (!(text in SWITCH) && !isAddress(text)) throw new TypeError(`it takes ${ADDRESS}, 1 or 0`)
  },
  PG_LOUPE_PANEL_EXPLAIN: checkSwitch,
  PG_LOUPE_PANEL_IN_PRODUCTION: checkSwitch,
} as const

const SWITCH: Readonly<Record<string, boolean>> = { 1: true, true: true, 0: false, false: false }

function checkSwitch(text: string): void {
  if (!(text.toLowerCase() in SWITCH)) throw new TypeError('it takes 1, true, 0 or false')
}

function isAddress(text: string): boolean {
  try {
    parsePanelAddress(text)
    return true
  } catch {
    return false
  }
}

/**
 * Combines the option of a profiler with the environment: `false` switches the panel off, an address in code is used, and in all
 * other cases the variable decides. Undefined when there is no panel.
 */
export function panelSettings(
  given: boolean | string | PanelOptions | undefined,
  environment: Environment = process.env,
): PanelSettings | undefined {
  const inCode = typeof given === 'string' ? { address: given } : typeof given === 'object' ? given : {}
  const variable = (name: keyof typeof PANEL_VARIABLES) => environment[name]?.trim() || undefined
  const isOn = (name: keyof typeof PANEL_VARIABLES) => SWITCH[variable(name)?.toLowerCase() ?? ''] === true
  const named = variable('PG_LOUPE_PANEL')
  const isNamed = named !== undefined && (isAddress(named) || SWITCH[named] === true)
  if (given === false || (given === undefined && !isNamed)) return undefined
  if (
    environment.NODE_ENV === 'production' &&
    !inCode.inProduction &&
    !isOn('PG_LOUPE_PANEL_IN_PRODUCTION')
  ) {
    warnOnce(IN_PRODUCTION)
    return undefined
  }
  const text = inCode.address ?? (named !== undefined && isAddress(named) ? named : undefined)
  return {
    address: text === undefined ? undefined : parsePanelAddress(text),
    explain: inCode.explain ?? isOn('PG_LOUPE_PANEL_EXPLAIN'),
  }
}

const IN_PRODUCTION =
  'pg-loupe: the live panel is off because NODE_ENV is production; panel: { inProduction: true } or ' +
  'PG_LOUPE_PANEL_IN_PRODUCTION=1 switches it on'
