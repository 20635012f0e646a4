import type { Finding } from '../../types/finding.ts'
import { printable } from './printable.ts'

/** The detector and the line in short: `n-plus-one at orders.ts:11`. */
export function placeName({ detector, callSite: [place] }: Finding): string {
  const file = place?.file.split(/[\\/]/).at(-1)
  return printable(place ? `${detector} at ${file}:${place.line}` : detector)
}
