// Reads and writes the address of a view, after the `#`: `#finding=…`, `#route=…`, `#trace=…`, and the filters.
import { SEVERITIES } from '../../../../worst-first.ts'
import type { Address } from './page.ts'

/** Never throws, whatever the reader typed into the address. */
export function parseAddress(hash: string): Address {
  const fields = new URLSearchParams(hash.replace(/^#/, ''))
  const get = (name: string): string | undefined => fields.get(name) || undefined
  const trace = get('trace')
  const route = get('route')
  const view = get('view')
  return {
    view:
      trace || view === 'traces'
        ? 'traces'
        : route || view === 'routes'
          ? 'routes'
          : view === 'changes'
            ? 'changes'
            : 'findings',
    finding: get('finding'),
    route: trace ? undefined : route,
    trace,
    search: get('search') ?? '',
    severities: SEVERITIES.filter((name) => (get('severity') ?? '').split(',').includes(name)),
    detector: get('detector') ?? '',
    on: get('on') ?? '',
  }
}

export function formatAddress({
  view,
  finding,
  route,
  trace,
  search,
  severities: only,
  detector,
  on,
}: Address): string {
  const fields = new URLSearchParams()
  const set = (name: string, value: string | undefined) => value && fields.set(name, value)
  const names = { findings: undefined, routes: route, traces: trace, changes: undefined }
  if (view !== 'findings' && !names[view]) set('view', view)
  if (view === 'routes') set('route', route)
  if (view === 'traces') set('trace', trace)
  if (view !== 'routes' && view !== 'changes') set('finding', finding)
  set('search', search)
  set('severity', only.join(','))
  set('detector', detector)
  set('on', on)
  // Encodes a space as `%20`, so that a link survives being pasted.
  return `#${fields.toString().replaceAll('+', '%20')}`
}
