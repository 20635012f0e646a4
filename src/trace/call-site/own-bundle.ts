// Whether this package has become a part of the application's bundle, and whether the bundle has a source map. With one,
// lines and libraries are known as they are without a bundle.
import { captureStack } from './call-site.ts'
import { toSource } from './source-position.ts'
import { formatStack, framesOf } from './stack-frames.ts'

export interface OwnBundle {
  file: string
  hasSourceMap: boolean
}

const THIS_FILE = /[\\/]own-bundle\.[jt]s$/

/** Undefined where this package is no part of a bundle. */
export function ownBundle(): OwnBundle | undefined {
  // Where a bundler has made an ES module of it, a file has no such name.
  if (typeof __filename === 'string' && THIS_FILE.test(__filename)) return undefined
  const [frame] = framesOf(formatStack(stackHere()))
  if (!frame) return undefined
  return { file: frame.file, hasSourceMap: THIS_FILE.test(toSource(frame).file) }
}

function stackHere() {
  return captureStack(stackHere, 1)
}
