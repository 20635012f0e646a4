// The plan of one query. The application's own process asks PostgreSQL for it, if that is switched on.
import * as v from 'valibot'
import type { PlanNode } from '../../panel/panel-api.ts'
import { fittingRows } from '../answer.ts'
import { requestId } from '../find-request.ts'
import { quote } from '../quoted-text.ts'
import type { Tool } from '../tool.ts'
import { requestInput } from './inputs.ts'
import { cursor, leftOut, start } from './pages.ts'

const input = v.object({
  id: requestInput,
  query: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.description('The position of the query in the trace, from 0.'),
  ),
  cursor,
})

export interface ExplainedAnswer {
  query: string
  /** The nodes of the plan, outermost first, indented by their depth. */
  plan: readonly string[]
  leftOut?: string
  cursor?: string
  next: string
}

export const explainQuery: Tool<v.InferOutput<typeof input>, ExplainedAnswer> = {
  name: 'explain_query',
  title: 'Explain a query',
  description: "PostgreSQL's plan of one query of a trace, without running it. Needs pg-loupe dev --explain.",
  input,
  isReadOnly: true,
  async answer({ api, call }, { id: given, query, cursor: from }) {
    const id = await requestId(api, given, call('list_requests'))
    const { sql, plan } = await api.explain(id, query)
    const lines = linesOf(plan)
    const first = start(from)
    const fields = {
      query: quote(sql),
      next: `The costs are estimates of a generic plan. For all queries of the request: ${call('get_trace', { id })}`,
    }
    const shown = fittingRows(fields, lines.slice(first))
    return {
      query: fields.query,
      plan: shown,
      ...leftOut(first, shown.length, lines.length, 'lines'),
      next: fields.next,
    }
  },
}

/** Deeper nodes are indented no further, so that a plan of any depth stays readable. */
const DEEPEST = 20

function linesOf(node: PlanNode, depth = 0): string[] {
  const indent = '  '.repeat(Math.min(depth, DEEPEST))
  const { type, relation, index, startupCost, totalCost, rows, width } = node
  const target = [relation ? ` on ${relation}` : '', index ? ` using ${index}` : ''].join('')
  const cost = `(cost=${startupCost}..${totalCost} rows=${rows} width=${width})`
  const details = node.details.map(({ label, text }) => `${indent}    ${quote(`${label}: ${text}`, 300)}`)
  return [
    `${indent}${quote(`${type}${target}`, 200)} ${cost}`,
    ...details,
    ...node.plans.flatMap((child) => linesOf(child, depth + 1)),
  ]
}
