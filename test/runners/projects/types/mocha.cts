// Only compiled, as CommonJS: the file that mocha requires.
import hooks = require('pg-loupe/mocha/hooks')

export = hooks.loupeHooks({ outputs: { json: 'report.json' }, testCode: true })
