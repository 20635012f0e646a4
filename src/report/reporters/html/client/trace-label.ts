import type { PageTrace } from '../page-trace.ts'

/** `GET /orders #2` for the id `http GET /orders #2`. Ids in another form are shown unchanged. */
export function traceLabel({ id, kind, name }: PageTrace): string {
  return id.startsWith(`${kind} ${name} #`) ? id.slice(kind.length + 1) : id
}
