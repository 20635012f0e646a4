// Reads and writes the address of a view, after the `#`: `#request=…`, `#finding=…`, `#route=…`, `#before=…&after=…`, and the
// filters.
import { SEVERITIES } from '../../worst-first.ts'
import type { LiveAddress } from './live-page.ts'

/** Never throws, whatever the reader typed into the address. */
export function parseLiveAddress(hash: string): LiveAddress {
  const fields = new URLSearchParams(hash.replace(/^#/, ''))
  const get = (name: string): string | undefined => fields.get(name) || undefined
  const trace = get('request')
  const route = get('route')
  const finding = get('finding')
  const before = get('before')
  const after = get('after')
  return {
    view: viewOf({ view: get('view'), trace, route, finding, compared: before ?? after }),
    trace,
    finding,
    route: trace ? undefined : route,
    before,
    after,
    search: get('search') ?? '',
    severities: SEVERITIES.filter((name) => (get('severity') ?? '').split(',').includes(name)),
    detector: get('detector') ?? '',
    on: get('on') ?? '',
    process: get('process') ?? '',
    state: get('state') ?? '',
    found: get('found') === '1',
    empty: get('empty') === '1',
  }
}

interface Named {
  view: string | undefined
  trace: string | undefined
  route: string | undefined
  finding: string | undefined
  compared: string | undefined
}

/** A link needs to name only its subject, which decides the view. */
function viewOf({ view, trace, route, finding, compared }: Named): LiveAddress['view'] {
  if (trace) return 'traces'
  if (compared || view === 'changes') return 'changes'
  if (route || view === 'routes') return 'routes'
  return finding || view === 'findings' ? 'findings' : 'traces'
}

export function formatLiveAddress(address: LiveAddress): string {
  const { view, trace, finding, route, before, after, search, severities, detector, on, process } = address
  const fields = new URLSearchParams()
  const set = (name: string, value: string | undefined) => value && fields.set(name, value)
  if (view === 'traces') set('request', trace)
  if (view === 'routes') set('route', route)
  if (view === 'changes') {
    set('before', before)
    set('after', after)
  }
  if (view === 'findings' || (view === 'traces' && trace)) set('finding', finding)
  if (view !== 'traces' && fields.size === 0) set('view', view)
  set('search', search)
  set('severity', severities.join(','))
  set('detector', detector)
  set('on', on)
  set('process', process)
  set('state', address.state)
  set('found', address.found ? '1' : '')
  set('empty', address.empty ? '1' : '')
  // Encodes a space as `%20`, so that a link survives being pasted.
  return `#${fields.toString().replaceAll('+', '%20')}`
}
