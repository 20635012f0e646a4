// pg-loupe doctor: observes an application for some seconds, or until it ends by itself, and says what of it is captured, what
// is not, and why. It profiles nothing that the application's own set-up leaves out.
import { Command, InvalidArgumentError, Option } from 'commander'
import { wantsColor } from '../report/wants-color.ts'
import { diagnose } from './doctor/diagnosis.ts'
import { formatDiagnosis } from './doctor/format-diagnosis.ts'
import { observeCommand } from './doctor/observe-command.ts'
import { DOCTOR_EXIT_CODES, FINDINGS, WRONG_USAGE } from './exit-codes.ts'

interface DoctorOptions {
  seconds?: number
  request: URL[]
  format: 'text' | 'json'
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'run an application as it is, and say which of its queries are captured, which are not, and why',
    )
    .argument('<command...>', 'the command to run, after --')
    .passThroughOptions()
    .option(
      '--seconds <number>',
      'how long to observe a server that is up (default: 10), or to wait for a test run (default: until it ends)',
      readSeconds,
    )
    .option(
      '--request <url>',
      'send GET to this address as soon as the application answers; repeatable',
      readUrls,
      [],
    )
    .addOption(
      new Option('--format <name>', 'the format of the output').choices(['text', 'json']).default('text'),
    )
    .addHelpText(
      'after',
      `${DOCTOR_EXIT_CODES}

Examples:
  $ pg-loupe doctor --request http://localhost:3000/orders -- node server.js
  $ pg-loupe doctor --seconds 30 -- npm start
  $ pg-loupe doctor -- npx vitest run`,
    )
    .action(doctor)
}

async function doctor(words: string[], { seconds, request, format }: DoctorOptions): Promise<void> {
  const observed = await observeCommand(words, { seconds, requests: request })
  if (!observed) {
    process.exitCode = WRONG_USAGE
    return
  }
  const diagnosis = diagnose(observed.processes, observed.ended)
  const text =
    format === 'json'
      ? `${JSON.stringify(diagnosis, null, 2)}\n`
      : formatDiagnosis(diagnosis, { color: wantsColor(process.stdout), folder: process.cwd() })
  process.stdout.write(text)
  process.exitCode = diagnosis.verdict === 'captured' ? 0 : FINDINGS
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0)) throw new InvalidArgumentError('It takes a number of seconds above 0.')
  return seconds
}

function readUrls(text: string, before: readonly URL[]): URL[] {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new InvalidArgumentError('It takes an address, as http://localhost:3000/orders.')
  }
  return [...before, url]
}
