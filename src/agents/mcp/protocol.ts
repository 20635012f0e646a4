// The libraries of the protocol. The build bundles them into this one file, so that users of the package need not install them.
export { McpServer } from '@modelcontextprotocol/server'
export { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
export { toStandardJsonSchema } from '@valibot/to-json-schema'
