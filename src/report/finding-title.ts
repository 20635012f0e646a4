// The title of a finding for lists, in which many findings stand below each other: it names the table that the finding is
// about. Formats that print the statement beside the title keep the title of the detector. The table is read from the words
// of the statement alone, so it only helps people to recognise it, and nothing is concluded from it.
import { describeDetector } from '../detectors/describe-detector.ts'
import type { Finding } from '../types/finding.ts'

type Titled = Pick<Finding, 'detector' | 'title' | 'statements' | 'evidence'>

/** `N+1: customers, 25 queries, one for each row of orders`; `orders: a result without a limit: 300 rows today`. */
export function findingTitle({ detector, title, statements, evidence }: Titled): string {
  const table = mainTable(statements?.[0]?.text ?? evidence[0]?.text ?? '')
  const description = describeDetector({}, detector)
  // A detector of the user words its own titles, and a budget is about all tables.
  if (!table || !description || description.isBudget) return title
  if (!title.startsWith(LOOP)) return `${table}: ${lowerCased(title)}`
  const parent = mainTable(evidence.find(({ label }) => label === 'rows of')?.text ?? '')
  const ofParent = parent && title.endsWith(EACH_ROW) ? ` of ${parent}` : ''
  return `${LOOP}${table}, ${title.slice(LOOP.length)}${ofParent}`
}

const LOOP = 'N+1: '
const EACH_ROW = ', one for each row'

/** `OFFSET 1200` stays as it is. */
function lowerCased(title: string): string {
  return /^[A-Z](?![A-Z])/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title
}

/** The first table that a statement names. */
export function mainTable(text: string): string | undefined {
  const [, name = ''] = FIRST_TABLE.exec(text) ?? []
  const bare = name.split('.').at(-1)?.replaceAll('"', '')
  return bare || undefined
}

const FIRST_TABLE =
  /\b(?:from|into|update)\s+(?:only\s+)?((?:"[^"]+"|[a-z_][\w$]*)(?:\.(?:"[^"]+"|[a-z_][\w$]*))*)/i
