// Answers the panel's questions for plans, one after the other, so that a panel never opens more than one connection to the database.
import type { PlanMessage } from '../../messages.ts'
import { explainStatement } from './explain-statement.ts'
import type { SentStatements } from './sent-statements.ts'

/** A person asks for one plan at a time, and a coding agent for a few. */
const MOST_WAITING = 20

/** Returns the function that takes a question. It never throws, and it answers each question once. */
export function answerPlans(
  statements: Pick<SentStatements, 'find'>,
): (number: number, sql: string, answer: (plan: PlanMessage) => void) => void {
  let last: Promise<void> = Promise.resolve()
  let waiting = 0
  return (number, sql, answer) => {
    const refuse = (error: string) => answer({ type: 'plan', number, error })
    const statement = statements.find(sql)
    if (!statement) return refuse(UNKNOWN)
    if (waiting >= MOST_WAITING) return refuse('Too many plans are being asked for. Try again in a moment.')
    waiting++
    last = last.then(async () => {
      const explained = await explainStatement(statement.database, statement.sql)
      waiting--
      answer({ type: 'plan', number, ...explained })
    })
  }
}

const UNKNOWN =
  'This process has not sent the statement over a connection whose database is known, or so long ago that it is forgotten. Send it again, then ask for its plan.'
