#!/usr/bin/env node
// The command line. Each subcommand has its own file. All of them read files, call the same pure functions as the running
// application, and print. exit-codes.ts defines the exit codes.
import { Command } from 'commander'
import { visible } from '../report/reporters/printable.ts'
import { VERSION } from '../version.ts'
import { analyzeCommand } from './analyze-command.ts'
import { baselineCommand } from './baseline-command.ts'
import { devCommand } from './dev-command.ts'
import { diffCommand } from './diff-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { WRONG_USAGE } from './exit-codes.ts'
import { mcpCommand } from './mcp-command.ts'
import { mergeCommand } from './merge-command.ts'
import { awaitCommand } from './panel/await-command.ts'
import { compareCommand } from './panel/compare-command.ts'
import { explainCommand } from './panel/explain-command.ts'
import { findingCommand } from './panel/finding-command.ts'
import { findingsCommand } from './panel/findings-command.ts'
import { requestsCommand } from './panel/requests-command.ts'
import { traceCommand } from './panel/trace-command.ts'
import { verifyCommand } from './panel/verify-command.ts'
import { reportCommand } from './report-command.ts'
import { runCommand } from './run-command.ts'
import { tell } from './tell.ts'

const program = new Command('pg-loupe')
  .description('A profiler for the queries that a Node.js application sends to PostgreSQL.')
  .version(VERSION)
  .showHelpAfterError()
  .enablePositionalOptions()
  // The message quotes the given argument.
  .configureOutput({
    outputError: (text, write) => write(`${text.trimEnd().split('\n').map(visible).join('\n')}\n`),
  })
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : WRONG_USAGE))

for (const command of [
  devCommand(),
  runCommand(),
  doctorCommand(),
  analyzeCommand(),
  reportCommand(),
  mergeCommand(),
  diffCommand(),
  baselineCommand(),
  findingsCommand(),
  findingCommand(),
  requestsCommand(),
  traceCommand(),
  awaitCommand(),
  verifyCommand(),
  compareCommand(),
  explainCommand(),
  mcpCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program))
}

// The reader of the output may have closed it: `pg-loupe … | head`. The exit code stays the same.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? process.exitCode : WRONG_USAGE),
)
// Nobody is left to be told anything; what is to be written to files still is.
process.stderr.on('error', () => {})

if (process.argv.length <= 2) program.help()
program.parseAsync().catch((error: Error) => {
  tell(error.message)
  process.exitCode = WRONG_USAGE
})
