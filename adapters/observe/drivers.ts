// The drivers that can be found in a process. A further driver is one line here.
import { pgDriver } from '../pg/driver.ts'
import { postgresDriver } from '../postgres/driver.ts'
import type { Driver } from './driver.ts'

export const DRIVERS: readonly Driver[] = [pgDriver, postgresDriver]
