const { FILES = '**/test/*.test.*js', OPTIONS = '{}' } = process.env

module.exports = {
  testMatch: [FILES],
  testEnvironment: 'node',
  transform: {},
  setupFilesAfterEnv: ['pg-loupe/jest/setup'],
  reporters: ['default', ['pg-loupe/jest/reporter', JSON.parse(OPTIONS)]],
}
