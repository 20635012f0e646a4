// Knows the forms in which pg accepts a query, and how to listen to the outcome of each without changing what pg does. If there are
// several callbacks, pg calls the third argument, else the second, else the one in the config.

export type Callback = (error: unknown, result?: unknown) => unknown

export interface Submittable {
  submit: (...args: unknown[]) => unknown
  callback?: unknown
}

export interface QueryConfig {
  text?: unknown
  values?: unknown
  name?: unknown
  callback?: unknown
  /** The number of rows to fetch at a time. */
  rows?: unknown
  /** pg-query-stream keeps its statement in a cursor. */
  cursor?: { text?: unknown; values?: unknown }
}

export function isSubmittable(config: unknown): config is Submittable {
  return typeof (config as Partial<Submittable> | null | undefined)?.submit === 'function'
}

export function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function'
}

/** Whether this is a cursor, a stream (which has a cursor), or a query with the option `rows`. */
export function isInPortions(config: unknown): boolean {
  if (typeof config !== 'object' || config === null) return false
  const { cursor, rows } = config as QueryConfig
  if (cursor !== undefined || (typeof rows === 'number' && rows > 0)) return true
  return isSubmittable(config) && isFunction((config as { read?: unknown }).read)
}

/** The text of the statement in any form. A config with only a name runs the statement prepared under that name. */
export function textOf(config: unknown): string | undefined {
  if (typeof config === 'string') return config
  const { text, cursor, name } = (config ?? {}) as QueryConfig
  const sql = text ?? cursor?.text
  if (typeof sql === 'string') return sql
  return typeof name === 'string' ? `execute "${name.replaceAll('"', '""')}"` : undefined
}

export function valuesOf([config, values]: readonly unknown[]): readonly unknown[] | undefined {
  if (Array.isArray(values)) return values
  if (typeof config === 'string') return undefined
  const own = (config as QueryConfig).values ?? (config as QueryConfig).cursor?.values
  return Array.isArray(own) ? own : undefined
}

/**
 * The callback that pg will call; `undefined` if pg will make a promise, `null` if it will throw. Not for Submittables.
 */
export function callbackOf([config, values, callback]: readonly unknown[]): Callback | null | undefined {
  const chosen =
    callback || (isFunction(values) ? values : (config as QueryConfig | null | undefined)?.callback)
  if (!chosen) return config === null || config === undefined ? null : undefined
  return isFunction(chosen) ? (chosen as Callback) : null
}

/** The arguments with another callback in the same place. A config belongs to the application and is not changed. */
export function withCallback([config, values, callback]: readonly unknown[], other: Callback): unknown[] {
  if (callback) return [config, values, other]
  if (isFunction(values)) return [config, other]
  return [changed(config as object, { callback: other }), values]
}

/** Before 8.23 pg writes the callback into the config, which fails if the config is frozen. */
export function extensible(config: unknown): unknown {
  return typeof config === 'object' && config && !Object.isExtensible(config) ? changed(config, {}) : config
}

/** Copies a config as pg does: getters remain getters, and the members of its class remain available. */
export function changed<Config extends object>(config: Config, changes: Partial<QueryConfig>): Config {
  const descriptors: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(config)
  for (const [name, value] of Object.entries(changes)) {
    descriptors[name] = { value, writable: true, enumerable: true, configurable: true }
  }
  return Object.create(Object.getPrototypeOf(config), descriptors)
}
