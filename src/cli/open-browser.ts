// Opens the panel in the browser of the user. The token is part of the address, and other users can read the arguments of a
// process, so the browser gets a file that only its owner can read and that leads to the address.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tell } from './tell.ts'

export function openBrowser(address: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-open-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const page = join(folder, 'panel.html')
  writeFileSync(page, redirectTo(address), { mode: 0o600, flag: 'wx' })
  const [program, args] = opener(pathToFileURL(page).href)
  const failed = () => tell('no browser could be opened; open the address yourself')
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  child.once('error', failed)
  child.once('exit', (code) => code && failed())
  child.unref()
}

/** The address has no characters that HTML gives a meaning to: it is made of a host, a port and a token. */
function redirectTo(address: string): string {
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url=${address}">\n`
}

function opener(url: string): [program: string, args: string[]] {
  if (process.platform === 'darwin') return ['open', [url]]
  if (process.platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  return ['xdg-open', [url]]
}
