import type { ArmedCaptures } from '../../trace/sampling/armed-captures.ts'
import type { CountedMessage, TraceMessage } from '../messages.ts'
import type { SentStatements } from './explain/sent-statements.ts'

/** The link of a process to a panel, as its profilers use it. */
export interface PanelLink {
  /** The address of the panel's page, without its token, while the panel takes traces. */
  readonly url: string | undefined
  /** The id of a new trace. */
  newId(): string
  /** Full capture that the panel has asked for. */
  readonly armed: ArmedCaptures
  send(message: TraceMessage | CountedMessage): void
  /** The statements that may be explained. Undefined until a profiler allows it. */
  readonly statements: SentStatements | undefined
  /** A profiler allows that the panel asks for plans. */
  allowPlans(): void
  /** Sends what waits, because the process may end. */
  flush(): void
}
