// pg-loupe/drizzle
export { type DrizzleLike, profileDrizzle, unprofileDrizzle } from './profile-drizzle.ts'
