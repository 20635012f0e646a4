module.exports = { testMatch: ['**/globals.test.cjs'], testEnvironment: 'node' }
