// pg-loupe/register: profiles an application without a change to it. Node.js loads it before the application:
// `node --require pg-loupe/register app.js`, or through NODE_OPTIONS. Environment variables configure it; a wrong variable
// stops the start with a message that names it. A process that loads no driver is left as it is, so child processes that inherit
// NODE_OPTIONS cost nothing and overwrite no report.

import { leaveNote } from '../../src/collect/run-notes.ts'
import { readEnvironment } from '../../src/config/read-environment.ts'
import { checkOptions } from '../../src/profiler/options.ts'
import { warnOnce } from '../../src/profiler/warn-once.ts'
import { actBeforeKilled } from './act-before-killed.ts'
import { profileWhenLoaded } from './profile-when-loaded.ts'
import { tellUnseen } from './tell-unseen.ts'

const { options, problems, unknown } = readEnvironment(process.env)
if (problems[0]) throw new TypeError(problems[0])
unknown.forEach(warnOnce)
const { enabled } = checkOptions(options)
leaveNote(enabled ? 'registered' : 'off')
if (enabled) {
  profileWhenLoaded()
  tellUnseen()
  actBeforeKilled()
}
