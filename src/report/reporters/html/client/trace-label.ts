import type { PageTrace } from '../page-trace.ts'

/** `GET /orders #2` of `http GET /orders #2`; ids of another make stand as they are. */
export function traceLabel({ id, kind, name }: PageTrace): string {
  return id.startsWith(`${kind} ${name} #`) ? id.slice(kind.length + 1) : id
}
