const { test } = require('node:test')
const { writeFindings } = require('./findings.cjs')

test('runs every shape', () => writeFindings())
