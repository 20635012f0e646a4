// Where the commands for a panel's questions get their answers: from the running panel, or from a report and trace files.
import { statSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { readFilePanel } from '../../agents/file-panel.ts'
import { panelClient } from '../../agents/panel-client.ts'
import { type PanelApi, PanelError } from '../../panel/panel-api.ts'
import { findPanel } from '../../panel/panel-file.ts'
import { parseReport } from '../../report/parse-report.ts'
import { readTraces } from '../../trace-file/read-traces.ts'
import { prepareGate } from '../gate-options.ts'
import { nameOf, readInput } from '../read-input.ts'
import { tell } from '../tell.ts'
import { assertTraceFiles } from '../trace-input.ts'

export interface PanelSource {
  /** The address of a running panel. */
  panel?: string
  report?: string
  traces: readonly string[]
}

export function addPanelOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--panel <address>',
        'the address that pg-loupe dev printed; without it, the running panel is found by itself',
      ).env('PG_LOUPE_PANEL'),
    )
    .option('--report <file>', 'ask a report file instead of a running panel')
    .addOption(
      new Option('--traces <file>', 'ask a trace file (beside --report, or alone); repeatable')
        .argParser((value: string, before: readonly string[]) => [...before, value])
        .default([], 'none'),
    )
}

/** Values of PG_LOUPE_PANEL that are no address: a process finds the running panel by itself, or connects to none. */
const SWITCH = /^(1|true|0|false)$/i

/** @throws PanelError that says how to start a panel when none is running. */
export async function openPanel({ panel, report, traces }: PanelSource): Promise<PanelApi> {
  if (report !== undefined || traces.length > 0) return openFiles(report, traces)
  if (panel !== undefined && !SWITCH.test(panel.trim())) return panelClient(panel)
  const found = findPanel()
  if (found) return panelClient(found.address)
  throw new PanelError(
    'No panel is running. Start the application with it (npx pg-loupe dev -- npm run dev), or name a report (--report) or trace files (--traces).',
  )
}

/** Opens the panel again for each question, because it may have been restarted. Files are read again when they have changed. */
export function panelOpener(source: PanelSource): () => Promise<PanelApi> {
  const files = [...(source.report === undefined ? [] : [source.report]), ...source.traces]
  if (files.includes('-')) throw new Error('standard input belongs to the protocol; name the files')
  if (files.length === 0) return () => openPanel(source)
  let version = ''
  let opened: Promise<PanelApi> | undefined
  return () => {
    const current = files.map(versionOf).join(' ')
    if (current !== version || opened === undefined) {
      version = current
      opened = openPanel(source)
    }
    return opened
  }
}

function versionOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return `${stat?.mtimeMs} ${stat?.size}`
}

async function openFiles(report: string | undefined, traces: readonly string[]): Promise<PanelApi> {
  const gate = prepareGate({})
  const input = await assertTraceFiles(traces)
  return readFilePanel({
    report: report === undefined ? undefined : parseReport(await readInput(report), nameOf(report)),
    traces: readTraces(traces, { problem: tell }, undefined, gate.application, input),
    detectors: gate.detectors,
  })
}
