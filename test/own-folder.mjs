// Makes a temporary folder, says where, and removes it when standard input closes, and with it the folders
// named as arguments: run as a detached process by temporary-folder-setup.ts, so that a test run that is
// killed leaves no files either.
// Plain JavaScript, because Node 20 runs it without a loader.
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from './remove-folder.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-test-'))
// Some tests lend what they make there to a server that runs as another user.
chmodSync(folder, 0o755)

process.stdin.on('close', async () => {
  for (const path of [folder, ...process.argv.slice(2)]) await removeFolder(path)
  process.exit()
})
process.stdin.on('error', () => {})
process.stdin.resume()
process.stdout.on('error', () => {})
process.stdout.write(`${folder}\n`)
