// The table that a statement is about, for titles: the first one it names. It is read from the words alone, so what it
// says is a name to recognise the statement by, and no fact that anything follows from.

export function mainTable(text: string): string | undefined {
  const [, name = ''] = FIRST_TABLE.exec(text) ?? []
  const bare = name.split('.').at(-1)?.replaceAll('"', '')
  return bare || undefined
}

const FIRST_TABLE =
  /\b(?:from|into|update)\s+(?:only\s+)?((?:"[^"]+"|[a-z_][\w$]*)(?:\.(?:"[^"]+"|[a-z_][\w$]*))*)/i
