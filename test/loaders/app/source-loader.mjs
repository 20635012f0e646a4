// A loader of ES modules that hands Node.js the text of every file, CommonJS too, which then passes no hook of CommonJS.
import { register } from 'node:module'

const hooks = `
  import { readFile } from 'node:fs/promises'
  export async function load(url, context, next) {
    const loaded = await next(url, context)
    if (loaded.format !== 'commonjs' || loaded.source != null) return loaded
    return { ...loaded, source: await readFile(new URL(url), 'utf8') }
  }`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
