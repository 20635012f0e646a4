// Prints a request of the demo as a curl command.
import type { Request } from './visits.ts'

export function curl(base: string, { path, body }: Request): string {
  const url = `'${base}${path}'`
  return body === undefined
    ? `curl -s ${url}`
    : `curl -s -H 'content-type: application/json' -d '${JSON.stringify(body)}' ${url}`
}
