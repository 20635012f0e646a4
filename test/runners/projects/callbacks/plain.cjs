require('./findings.cjs').writeFindings()
