// Asks the application for the paths it is given: here, in a worker thread (`worker:/books`) or in a child process
// (`child:/books`). `exit:7` ends it like that, `kill:SIGTERM` by a signal.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'

const script = new URL(import.meta.url)
const ways = {
  worker: (path) => once(new Worker(script, { argv: [path] }), 'exit'),
  child: (path) => once(spawn(process.execPath, [script.pathname, path], { stdio: 'inherit' }), 'exit'),
  exit: (code) => process.exit(Number(code)),
  kill: (signal) => process.kill(process.pid, signal),
  // Everything of standard input, to standard output.
  cat: () => pipeline(process.stdin, process.stdout, { end: false }),
  say: (text) => process.stdout.write(`${text}\n`),
  // Says the signal it gets, and exits as it thinks fit.
  handle: (signal) =>
    process.once(signal, () => process.stdout.write(`got ${signal}\n`, () => process.exit(9))),
  hang: () => new Promise((resolve) => setTimeout(resolve, 60_000)),
}
let app
for (const word of process.argv.slice(2)) {
  const [way, rest] = word.split(':')
  if (ways[way]) await ways[way](rest)
  else {
    app ??= await import('./app.mjs')
    await app.ask(word)
  }
}
await app?.pool.end()
