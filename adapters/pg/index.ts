// pg-loupe/pg
export { type PoolLike, profilePool, unprofilePool } from './profile-pool.ts'
