// The name of a trace in a page with traces of several processes, which all number their traces from one.
import type { RequestDetail } from './panel-api.ts'

/** `http GET /orders #7`, with the number that the panel gave the request. */
export function traceName({ trace, request }: RequestDetail): string {
  return `${trace.kind} ${trace.name} #${request.number}`
}
