// pg-loupe/pg
export type { ClientLike } from './client-like.ts'
export { profileClient, unprofileClient } from './profile-client.ts'
export { type PoolLike, profilePool, unprofilePool } from './profile-pool.ts'
