// All other commands that are given a file of another kind.
import { test } from 'vitest'
import { refusesFile, refusesInput } from './files-of-kinds.ts'

test.concurrent.for<[string[], string]>([
  [['report', 'traces.ndjson'], 'traces.ndjson is a trace file, not a report.'],
  [
    ['report', 'report.json', '--config', 'baseline.json'],
    'baseline.json is a baseline, not a configuration.',
  ],
  [
    ['report', 'report.json', '-o', 'html=x.html', '--traces', 'junit.xml'],
    'junit.xml is a report as JUnit XML',
  ],
  [['merge', 'baseline.json'], 'baseline.json is a baseline, not a trace file.'],
  [
    ['diff', 'report.json', 'comparison.json'],
    'comparison.json is a comparison of two reports, not a report.',
  ],
  [['baseline', 'write', '--traces', 'report.json'], 'report.json is a report, not a trace file.'],
  [['analyze', 'traces.ndjson', '--catalog', 'report.json'], 'report.json is a report, not a catalog.'],
])('pg-loupe %j says so once and exits with 2', ([args, message], t) => refusesFile(args, message, t))

test.concurrent.for<[string[], string, string]>([
  [['analyze', '-'], 'report.json', 'a report, not a trace file. Print it with: pg-loupe report -'],
  [['report', '-'], 'traces.ndjson', 'a trace file, not a report. Analyze it with: pg-loupe analyze -'],
  [
    ['report', 'report.json', '-o', 'html=x.html', '--traces', '-'],
    'report.sarif',
    'a report as SARIF, not a trace file.',
  ],
  [
    ['report', 'report.json', '-o', 'html=x.html', '--base', '-'],
    'traces.ndjson',
    'a trace file, not a report.',
  ],
  [['diff', '-', 'report.json'], 'junit.xml', 'a report as JUnit XML, not a report.'],
  [
    ['merge', '-'],
    'catalog.json',
    'a catalog, not a trace file. Use it with: pg-loupe analyze traces.ndjson --catalog <file>',
  ],
  [['baseline', 'write', '-'], 'baseline.json', 'a baseline, not a report.'],
  [['baseline', 'write', '--traces', '-'], 'report.json', 'a report, not a trace file.'],
])('pg-loupe %j, given %s, says so once and exits with 2', ([args, name, message], t) =>
  refusesInput(args, name, message, t),
)
