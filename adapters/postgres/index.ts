// pg-loupe/postgres
export type { PostgresLike } from './postgres-like.ts'
export { profilePostgres, unprofilePostgres } from './profile-postgres.ts'
