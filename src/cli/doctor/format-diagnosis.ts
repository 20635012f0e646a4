// A diagnosis as text: the verdict, what is not captured, worst first, what could not be checked, what is well, what was found.
import { relative } from 'node:path'
import pc from 'picocolors'
import { printable } from '../../report/reporters/printable.ts'
import type { PackageFacts, SourceFacts } from '../../setup/setup-facts.ts'
import { plural } from '../../text/plural.ts'
import type { Frame } from '../../types/query.ts'
import type { Diagnosis, DoctorNotice, Found, Unchecked } from './diagnosis.ts'

interface FormatOptions {
  color: boolean
  /** Places are relative to it. */
  folder: string
}

export function formatDiagnosis(diagnosis: Diagnosis, { color, folder }: FormatOptions): string {
  const { bold, dim, green, red, yellow } = pc.createColors(color)
  const { notices, unchecked, captured, found } = diagnosis
  const rows = (labelled: readonly (readonly [string, string | undefined])[]) =>
    labelled.flatMap(([label, text]) => (text ? [`    ${dim(label.padEnd(LABEL))}${printable(text)}`] : []))
  const notice = ({ level, seen, lost, nextStep, place, program }: DoctorNotice) => [
    '',
    `  ${level === 'fault' ? red('✖') : yellow('!')} ${printable(seen)}`,
    ...rows([
      ['in', program],
      ['at', place && formatPlace(place, folder)],
      ['lost', lost],
      ['next', nextStep],
    ]),
  ]
  const open = ({ what, nextStep }: Unchecked) => [
    '',
    `  ${yellow('?')} ${printable(what)}`,
    ...rows([['next', nextStep]]),
  ]
  const lines = [
    `${bold('pg-loupe doctor')}  ${printable(diagnosis.ended)}`,
    '',
    verdictOf(diagnosis, { captured: green, partly: red, unchecked: yellow }[diagnosis.verdict]),
    ...notices.flatMap(notice),
    ...unchecked.flatMap(open),
    ...(captured.length > 0 ? ['', ...captured.map((text) => `  ${green('✔')} ${printable(text)}`)] : []),
    ...(found.programs.length > 0 ? ['', bold('Found'), ...rows(foundRows(found, folder))] : []),
  ]
  return `${lines.join('\n')}\n`
}

const LABEL = 12

function verdictOf({ verdict, notices, unchecked }: Diagnosis, paint: (text: string) => string): string {
  const hints = notices.filter(({ level }) => level === 'hint').length
  const besides = hints > 0 ? ` There ${hints === 1 ? 'is 1 hint' : `are ${hints} hints`}.` : ''
  if (verdict === 'captured') return `${paint('All captured.')}${besides}`
  if (verdict === 'unchecked') {
    return `${paint('Nothing is wrong as far as it could be checked')}: ${plural(unchecked.length, 'question')} could not be answered.${besides}`
  }
  return `${paint('Not all is captured')}: ${plural(notices.length - hints, 'fault')}.${besides}`
}

function foundRows(found: Found, folder: string): (readonly [string, string | undefined])[] {
  const { requests } = found
  const routes = requests.routes
    .filter(({ name }) => name.includes(' '))
    .map((route) => `${route.name} (${route.requests})`)
  return [
    ...found.programs.map(
      ({ name, node, processes }) =>
        ['program', `${name}, Node.js ${node}${processes > 1 ? `, ${processes} processes` : ''}`] as const,
    ),
    ['pg-loupe', found.versions.join(', ') || 'not in use'],
    ['driver', found.drivers.map(named).join(', ')],
    ...found.sources.map((source) => [source.kind, describeSource(source, folder)] as const),
    ['ORM', found.orms.map(named).join(', ')],
    ['framework', found.frameworks.map(named).join(', ')],
    ['requests', requests.seen > 0 ? [`${requests.seen}`, ...routes].join(', ') : undefined],
  ]
}

function named({ name, version }: PackageFacts): string {
  return version ? `${name} ${version}` : name
}

function describeSource(source: SourceFacts, folder: string): string {
  const { database, size, profiler, isLeftOut, usedBy, place, uses } = source
  const count = uses.captured + uses.inOtherTraces + uses.inUntracedRequests + uses.outside
  return [
    ...(database === undefined ? [] : [`database ${database}`]),
    ...(size === undefined ? [] : [`of ${plural(size, 'connection')}`]),
    profiler !== undefined ? 'profiled' : isLeftOut ? 'left out' : 'not profiled',
    `${plural(count, 'use')}, ${uses.captured} captured`,
    ...(usedBy === undefined ? [] : [`by ${usedBy}`]),
    ...(place ? [`first used at ${formatPlace(place, folder)}`] : []),
  ].join(', ')
}

function formatPlace({ file, line }: Frame, folder: string): string {
  const path = relative(folder, file)
  return `${path === '' || path.startsWith('..') ? file : path}:${line}`
}
