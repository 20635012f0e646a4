// Every reporter by its name, one line each.
import type { Reporter } from '../../types.ts'
import { consoleReporter } from './console.ts'
import { jsonReporter } from './json.ts'

export const reporters = {
  console: consoleReporter,
  json: jsonReporter,
} satisfies Record<string, Reporter>
