const { addNote } = require('../../src/library.cjs')

exports.makeNotes = async (count) => {
  for (let i = 0; i < count; i++) await addNote(`made ${i}`)
}
