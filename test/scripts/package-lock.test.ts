import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const LOCK = fileURLToPath(new URL('../../package-lock.json', import.meta.url))

interface LockedPackage {
  optionalDependencies?: Record<string, string>
}

// npm leaves out packages that it could not look up when the lock was written, and `npm ci` then rejects the lock.
test('package-lock.json contains the optional packages of every system', () => {
  const { packages } = JSON.parse(readFileSync(LOCK, 'utf8')) as { packages: Record<string, LockedPackage> }

  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !foldersAbove(path).some((at) => at + name in packages),
    ),
  )

  expect(missing).toEqual([])
})

/** The places where Node.js would look for a dependency of the package at this path. */
function foldersAbove(path: string): string[] {
  const steps = path.split('/node_modules/')
  const above = steps.map((_, index) => `${steps.slice(0, index + 1).join('/node_modules/')}/node_modules/`)
  return ['node_modules/', ...above]
}
