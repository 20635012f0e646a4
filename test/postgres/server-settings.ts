// The settings of a server that the tests start, in any way. Its data is discarded, so durability is switched off to save
// time. All settings that a query could notice have their defaults.

export const SERVER_SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  // Test files run side by side, each with pools of its own.
  'max_connections=200',
]
