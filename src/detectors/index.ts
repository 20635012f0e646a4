// Every detector, one line each; the order is the order of their pages, not of the report.
import type { Detector } from '../types.ts'
import { nPlusOne } from './n-plus-one.ts'

export const detectors: readonly Detector[] = [nPlusOne]
