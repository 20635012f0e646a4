const { writeFindings } = require('./findings.cjs')

// jest and mocha both define it.
it('runs every shape', writeFindings)
