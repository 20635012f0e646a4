// What a server started by us is told, whichever way it is started. The data is thrown away, so durability
// buys nothing and costs most of the time; everything that a query could notice stays at its default.

export const SERVER_SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  // Test files run side by side, each with pools of its own.
  'max_connections=200',
]
