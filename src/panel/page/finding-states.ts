// The words for the states of a finding.
import type { FindingState } from '../panel-api.ts'

export const STATES: Readonly<Record<FindingState, { word: string; mark: string }>> = {
  still_there: { word: 'still there', mark: '✖' },
  fixed: { word: 'fixed', mark: '✔' },
  inconclusive: { word: 'inconclusive', mark: '?' },
  not_exercised: { word: 'not run since', mark: '–' },
}
