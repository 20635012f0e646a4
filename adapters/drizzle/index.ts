// pg-loupe/drizzle
export type { DrizzleLike } from './find-prototypes.ts'
export { profileDrizzle, unprofileDrizzle } from './profile-drizzle.ts'
