// Compiled only, as CommonJS: what mocha requires.
import hooks = require('pg-loupe/mocha/hooks')

export = hooks.loupeHooks({ outputs: { json: 'report.json' }, testCode: true })
