// The tools over the Model Context Protocol. Standard output belongs to the protocol. The panel is opened for each call, because it
// may start later than this server, or again.
import { once } from 'node:events'
import type { PanelApi } from '../../panel/panel-api.ts'
import { printable } from '../../report/reporters/printable.ts'
import { VERSION } from '../../version.ts'
import { jsonOf } from '../answer.ts'
import { ABOUT_QUOTES } from '../quoted-text.ts'
import { readSource } from '../source-excerpt.ts'
import type { Tool, ToolName } from '../tool.ts'
import { tools } from '../tools/index.ts'
import { McpServer, StdioServerTransport, toStandardJsonSchema } from './protocol.ts'

const INSTRUCTIONS = `pg-loupe shows what the running application asks PostgreSQL, and what is wrong with it. Begin with list_findings. After a change of the source, use verify_fix. ${ABOUT_QUOTES}`

/** Resolves when the client has closed standard input. */
export async function serveTools(openPanel: () => Promise<PanelApi>): Promise<void> {
  const server = new McpServer({ name: 'pg-loupe', version: VERSION }, { instructions: INSTRUCTIONS })
  for (const tool of tools as readonly Tool[]) {
    const { name, title, description, input, isReadOnly } = tool
    server.registerTool(
      name,
      {
        title,
        description,
        inputSchema: toStandardJsonSchema(input),
        annotations: { readOnlyHint: isReadOnly, destructiveHint: false, openWorldHint: false },
      },
      (asked: object) => answer(tool, asked, openPanel),
    )
  }
  await server.connect(new StdioServerTransport())
  await once(process.stdin, 'close')
  await server.close()
}

async function answer(tool: Tool, asked: object, openPanel: () => Promise<PanelApi>) {
  try {
    const sources = { api: await openPanel(), readSource, folder: process.cwd(), call: toolCall }
    return textResult(jsonOf(await tool.answer(sources, asked)))
  } catch (error) {
    const { message } = error as Error
    return { ...textResult(printable(message)), isError: true }
  }
}

function textResult(text: string) {
  return { content: [{ type: 'text' as const, text }] }
}

function toolCall(name: ToolName, input?: Readonly<Record<string, unknown>>): string {
  return input === undefined ? name : `${name} ${JSON.stringify(input)}`
}
