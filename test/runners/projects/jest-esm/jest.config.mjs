const { FILES = '**/test/*.test.*js', OPTIONS = '{}' } = process.env

export default {
  testMatch: [FILES],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'json'],
  transform: {},
  setupFilesAfterEnv: ['pg-loupe/jest/setup'],
  reporters: ['default', ['pg-loupe/jest/reporter', JSON.parse(OPTIONS)]],
}
