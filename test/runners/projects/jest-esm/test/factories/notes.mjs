import { addNote } from '../../src/library.mjs'

export async function makeNotes(count) {
  for (let i = 0; i < count; i++) await addNote(`made ${i}`)
}
