import { createProfiler, type DetectorId, ignore } from 'pg-loupe'
import { profileDrizzle } from 'pg-loupe/drizzle'
import { profileRequests } from 'pg-loupe/express'
import { loupeHooks } from 'pg-loupe/mocha/hooks'
import { profilePool } from 'pg-loupe/pg'
import { recorderOf } from 'pg-loupe/recorder'
import { expectNoNPlusOne } from 'pg-loupe/testing'

export const detector: DetectorId = 'n-plus-one'
export const profiler = createProfiler({ detectors: { 'n-plus-one': { minLikely: 30 } } })
export const handler = profileRequests(profiler)
export const asserted: Promise<number> = expectNoNPlusOne(async () => 1)

// Types that are not found are any, and take whatever follows.
// @ts-expect-error
export const unknown: DetectorId = 'no-detector'
// @ts-expect-error
ignore(1)
// @ts-expect-error
profilePool(1)
// @ts-expect-error
profileDrizzle(1)
// @ts-expect-error
profileRequests(1)
// @ts-expect-error
loupeHooks(1)
// @ts-expect-error
recorderOf(1)
// @ts-expect-error
expectNoNPlusOne(1)
