// The link of a process to a panel: one connection for all profilers that use the same address. It gives each trace its id,
// sends traces when they close, and does what the panel asks for.
import { randomBytes } from 'node:crypto'
import { threadId } from 'node:worker_threads'
import { programName } from '../../host/program-name.ts'
import { isoTime, processStartMs } from '../../host/real-time.ts'
import { sharedState } from '../../profiler/shared-state.ts'
import { warnOnce } from '../../profiler/warn-once.ts'
import { armedCaptures } from '../../trace/sampling/armed-captures.ts'
import { VERSION } from '../../version.ts'
import { PANEL_PROTOCOL, type PanelMessage, type PanelProcess, type PlanMessage } from '../messages.ts'
import type { PanelAddress } from '../panel-address.ts'
import { findPanel } from '../panel-file.ts'
import { connectToPanel } from './connection.ts'
import { answerPlans } from './explain/answer-plans.ts'
import { type SentStatements, sentStatements } from './explain/sent-statements.ts'
import type { PanelLink } from './panel-link.ts'
import type { PanelSettings } from './panel-option.ts'
import { traceIds } from './trace-ids.ts'

/** All profilers of the process with the same address share the link. */
export function linkToPanel(settings: PanelSettings, countError: (error: unknown) => void): PanelLink {
  const { panels } = sharedState()
  const key = settings.address?.address ?? ''
  const link = panels.get(key) ?? startLink(settings.address, countError)
  panels.set(key, link)
  if (settings.explain) link.allowPlans()
  return link
}

function startLink(address: PanelAddress | undefined, countError: (error: unknown) => void): PanelLink {
  const armed = armedCaptures()
  const folder = process.cwd()
  const id = randomBytes(12).toString('base64url')
  const thisProcess: PanelProcess = {
    id,
    pid: process.pid,
    thread: threadId,
    program: programName(),
    folder,
    startedAt: isoTime(processStartMs),
    nodeVersion: process.versions.node,
    version: VERSION,
    explains: false,
  }
  let statements: SentStatements | undefined
  let explain: ReturnType<typeof answerPlans> | undefined
  const answer = (message: PanelMessage, reply: (plan: PlanMessage) => void) => {
    if (message.type === 'capture') armed.arm(message.route, message.traces)
    else if (explain) explain(message.number, message.sql, reply)
    else reply({ type: 'plan', number: message.number, error: EXPLAIN_IS_OFF })
  }
  const connection = connectToPanel({
    findPanel: () => address ?? findPanel(folder),
    hello: () => ({ type: 'hello', protocol: PANEL_PROTOCOL, process: thisProcess }),
    onMessage: answer,
    onRefused: (status, { url }) => {
      if (status === 401 || status === 403)
        warnOnce(`pg-loupe: the panel at ${url} refuses the token of its address (HTTP ${status})`)
    },
    countError,
    folder,
  })
  return {
    get url() {
      return connection.connectedTo?.url
    },
    newId: traceIds(),
    armed,
    send: connection.send,
    get statements() {
      return statements
    },
    allowPlans() {
      if (statements) return
      statements = sentStatements()
      explain = answerPlans(statements)
      thisProcess.explains = true
      connection.sayHello()
    },
    flush: connection.flush,
  }
}

const EXPLAIN_IS_OFF =
  'Plans are off in this process. Switch them on with the option panel: { explain: true }, or with PG_LOUPE_PANEL_EXPLAIN=1.'
