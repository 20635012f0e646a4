// pg-loupe mcp: the panel's questions as tools for coding agents, by the Model Context Protocol over standard input and output.
import { Command } from 'commander'
import { MCP_EXIT_CODES } from './exit-codes.ts'
import { addPanelOptions, type PanelSource, panelOpener } from './panel/panel-source.ts'

export function mcpCommand(): Command {
  return addPanelOptions(
    new Command('mcp').description('serve findings and requests to coding agents (Model Context Protocol)'),
  )
    .addHelpText(
      'after',
      `${MCP_EXIT_CODES}

Examples:
  $ claude mcp add pg-loupe -- npx pg-loupe mcp
  $ pg-loupe mcp --report pg-loupe.json --traces traces.ndjson`,
    )
    .action(async (source: PanelSource) => {
      // Loaded here, so that other commands do not pay for it.
      const { serveTools } = await import('../agents/mcp/serve-tools.ts')
      await serveTools(panelOpener(source))
    })
}
