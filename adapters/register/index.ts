// pg-loupe/register: profiles an application without a change to it, loaded before its first line:
// `node --require pg-loupe/register app.js`, or through NODE_OPTIONS. Environment variables configure it; a wrong one
// stops the start with its name. A process that never loads pg is left as it is, so child processes that inherit
// NODE_OPTIONS cost nothing and overwrite no report.

import { leaveNote } from '../../src/collect/run-notes.ts'
import { actBeforeKilled } from './act-before-killed.ts'
import { profileWhenLoaded } from './profile-when-loaded.ts'
import { readEnvironment } from './read-environment.ts'

const options = readEnvironment(process.env)
leaveNote(options ? 'registered' : 'off')
if (options) {
  profileWhenLoaded(options)
  actBeforeKilled()
}
