// Which PostgreSQL the environment asks for, read and checked in one place before anything is started.
// Reads only variables of our own: a DATABASE_URL that happens to be set may be somebody's real data, so it
// is never looked at. Starts nothing and connects to nothing.

export type PostgresSource = 'given URL' | 'testcontainers' | 'embedded'

export interface PostgresSettings {
  /** The only source allowed, or undefined to take the first that is there. */
  only: PostgresSource | undefined
  url: string | undefined
  image: string
}

const DEFAULT_IMAGE = 'postgres:17-alpine'

const SOURCE_BY_WORD = new Map<string, PostgresSource>([
  ['url', 'given URL'],
  ['testcontainers', 'testcontainers'],
  ['embedded', 'embedded'],
])

export function readPostgresSettings(env: NodeJS.ProcessEnv): PostgresSettings {
  const url = env.PG_LOUPE_TEST_URL || undefined
  const word = env.PG_LOUPE_TEST_POSTGRES || undefined
  const only = word === undefined ? undefined : SOURCE_BY_WORD.get(word)

  if (word !== undefined && only === undefined) {
    throw new Error(
      `PG_LOUPE_TEST_POSTGRES is '${word}'; it takes one of ${[...SOURCE_BY_WORD.keys()].join(', ')}, or nothing`,
    )
  }
  if (only === 'given URL' && url === undefined) {
    throw new Error(
      'PG_LOUPE_TEST_POSTGRES is url, but PG_LOUPE_TEST_URL is not set; it takes a postgresql:// connection URL',
    )
  }
  if (url !== undefined && !isPostgresUrl(url)) {
    // Not repeated in the message: what somebody mistyped here may well hold a password.
    throw new Error(
      'PG_LOUPE_TEST_URL is not a connection URL; it takes postgresql://user:password@host:port/database',
    )
  }
  return { only, url, image: env.PG_LOUPE_TEST_IMAGE || DEFAULT_IMAGE }
}

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  return ['postgresql:', 'postgres:'].includes(new URL(text).protocol)
}
