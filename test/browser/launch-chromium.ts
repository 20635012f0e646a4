// The browser of the tests, without what Chromium does on its own account.
import { type Browser, chromium } from 'playwright-core'

export function launchChromium(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.PG_LOUPE_TEST_CHROMIUM ?? '',
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Root cannot have the sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...args,
    ],
  })
}
