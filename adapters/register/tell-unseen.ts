// Where pg is loaded in a way that cannot be seen, there is no profiler and nothing to report, which looks like an
// application without queries. So it is said when something else connects to PostgreSQL; under `pg-loupe run` the run says it.
import { leaveNote } from '../../src/collect/run-notes.ts'
import { defaultOptions } from '../../src/config/default-options.ts'
import { setTimeout } from '../../src/host/real-time.ts'
import { checkOptions, printsHints } from '../../src/profiler/options.ts'
import { atExit } from '../../src/profiler/shared-state.ts'
import { explainConnections } from '../../src/setup/explain-connections.ts'
import { setupWatch, teller } from '../observe/tell-setup.ts'
import { watchConnections } from '../observe/watch-connections.ts'

/** A pool inside a bundle that is handed to profilePool is known by then. */
const SETTLES_MS = 300

export function tellUnseen(): void {
  const tell = teller()
  const look = () => {
    const { sources, drivers } = setupWatch()?.facts() ?? { sources: [], drivers: [] }
    const notices = explainConnections({ unknownConnections: connections.all(), sources, drivers })
    if (notices.length > 0) leaveNote('unseen')
    if (printsHints(checkOptions(defaultOptions()))) tell(notices)
  }
  let isFirst = true
  const connections = watchConnections(() => {
    // A process that opens no such connection is left as it is.
    if (isFirst) atExit(look)
    isFirst = false
    setTimeout(look, SETTLES_MS).unref()
  })
}
