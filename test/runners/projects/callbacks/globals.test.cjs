const { writeFindings } = require('./findings.cjs')

// jest and mocha both have it.
it('runs every shape', writeFindings)
