// When pg is loaded in a way that cannot be found, there is no profiler and nothing to report, which looks like an application
// without queries. So a notice is printed when something else connects to PostgreSQL; `pg-loupe run` prints its own.
import { leaveNote } from '../../src/collect/run-notes.ts'
import { defaultOptions } from '../../src/config/default-options.ts'
import { setTimeout } from '../../src/host/real-time.ts'
import { checkOptions, printsHints } from '../../src/profiler/options.ts'
import { atExit } from '../../src/profiler/shared-state.ts'
import { explainConnections } from '../../src/setup/explain-connections.ts'
import { setupWatch, teller } from '../observe/tell-setup.ts'
import { watchConnections } from '../observe/watch-connections.ts'

/** After this time a pool inside a bundle has been passed to profilePool, if the application does that. */
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
    // A process that opens no such connection gets no exit listener.
    if (isFirst) atExit(look)
    isFirst = false
    setTimeout(look, SETTLES_MS).unref()
  })
}
