// Reads the stack above a use of a driver: the line of the application, and the packages between it and the driver.
import { fileURLToPath } from 'node:url'
import { callResolver, captureStack, isOwn } from '../../src/trace/call-site/call-site.ts'
import type { Frame } from '../../src/types/query.ts'
import { DRIVERS } from './drivers.ts'
import { packageInPath, packageOf } from './package-of.ts'
import { rawFiles } from './raw-files.ts'

export interface StackLook {
  /** The innermost line of the application, if one is on the stack. */
  place: Frame | undefined
  /** The packages between the driver and the application, innermost first, each with one of its files. */
  packages: readonly { name: string; file: string }[]
  /** Files of a driver that is no part of a bundle are among the callers. */
  hasDriver: boolean
}

/** These packages are passed over, because they do not tell who uses the driver. */
const PASSED_OVER: ReadonlySet<string> = new Set([...DRIVERS.flatMap(({ packages }) => packages), 'pg-loupe'])
const REMEMBERED_STACKS = 200

const resolveCall = callResolver({}, REMEMBERED_STACKS)

/** Looks at the stack above `below`. */
export function lookAtStack(below: (...args: never[]) => unknown): StackLook {
  const [place] = resolveCall(captureStack(below)).callSite
  const packages: { name: string; file: string }[] = []
  let hasDriver = false
  for (const location of rawFiles()) {
    const file = toPath(location)
    if (file === '' || file.startsWith('node:') || isOwn(file)) continue
    const name = packageInPath(file)?.name
    // This frame belongs to the application.
    if (name === undefined) break
    if (PASSED_OVER.has(name) || (packages.length === 0 && PASSED_OVER.has(packageOf(file)?.name ?? '')))
      hasDriver = true
    else if (packages.at(-1)?.name !== name) packages.push({ name, file })
  }
  return { place, packages, hasDriver }
}

function toPath(location: string): string {
  return location.startsWith('file:') ? fileURLToPath(location) : location
}
