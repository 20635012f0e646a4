// The first table that a statement names, for titles. It is read from the words alone, so it only helps people to recognise
// the statement, and nothing is concluded from it.

export function mainTable(text: string): string | undefined {
  const [, name = ''] = FIRST_TABLE.exec(text) ?? []
  const bare = name.split('.').at(-1)?.replaceAll('"', '')
  return bare || undefined
}

const FIRST_TABLE =
  /\b(?:from|into|update)\s+(?:only\s+)?((?:"[^"]+"|[a-z_][\w$]*)(?:\.(?:"[^"]+"|[a-z_][\w$]*))*)/i
