// An application as an agent sees it: a list with a loop, before and after the loop was replaced, over the files' implementation.
import { type PanelFiles, readFilePanel } from '../../src/agents/file-panel.ts'
import type { Sources, ToolName } from '../../src/agents/tool.ts'
import type { PanelApi } from '../../src/panel/panel-api.ts'
import { checkOptions } from '../../src/profiler/options.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, from, q, trace } from '../trace-builder.ts'

const { detectors } = checkOptions({})

const ORDERS = q('select id, customer_id from orders', [], {
  rows: 12,
  at: ['src/orders.ts:5:20 list', 'src/app.ts:3 handle'],
})

export function loop(count = 12): Trace {
  const customers = each(Array.from({ length: count }), (_, at) =>
    q('select name from customers where id = $1', [at], {
      rows: 1,
      bytes: 10,
      at: ['src/orders.ts:7:23 list', 'src/app.ts:3 handle'],
      ...from(0, 'customer_id', count),
    }),
  )
  return { ...trace('GET /orders', ORDERS, customers), labels: { status: '200' } }
}

export function fixed(): Trace {
  const once = q('select id, name from customers where id = any($1)', [[1, 2]], {
    rows: 12,
    bytes: 120,
    at: 'src/orders.ts:6:23 list',
  })
  return { ...trace('GET /orders', ORDERS, once), labels: { status: '200' } }
}

export function panelOf(traces: readonly Trace[], more: Partial<PanelFiles> = {}): Promise<PanelApi> {
  return readFilePanel({ traces, detectors, ...more })
}

export function sourcesOf(api: PanelApi, over: Partial<Sources> = {}): Sources {
  return { api, readSource: () => [], folder: '/app', call, ...over }
}

function call(tool: ToolName, input: object = {}): string {
  return `${tool} ${JSON.stringify(input)}`
}
