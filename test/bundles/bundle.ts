// Bundles one application in the ways that applications are bundled. All options that are not given here have the bundler's
// defaults.
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import webpack from 'webpack'

const ENTRY = join(import.meta.dirname, 'app/server.mjs')
/** Optional, and asked for by pg inside a try. */
const NOT_INSTALLED = 'pg-native'
/** As docs/bundlers.md says. */
const EXTERNALS = [/^pg-loupe(\/.+)?$/]

export async function withEsbuild(outfile: string, options: BuildOptions): Promise<void> {
  const external = [NOT_INSTALLED, ...(options.external ?? [])]
  await build({
    entryPoints: [ENTRY],
    bundle: true,
    platform: 'node',
    logLevel: 'error',
    outfile,
    ...options,
    external,
  })
}

export async function withWebpack(
  outfile: string,
  { isExternal, ...options }: webpack.Configuration & { isExternal?: boolean },
): Promise<void> {
  const compiler = webpack({
    entry: ENTRY,
    target: 'node',
    mode: 'none',
    output: { path: join(outfile, '..'), filename: 'server.cjs' },
    externalsType: 'commonjs',
    externals: [NOT_INSTALLED, ...(isExternal ? EXTERNALS : [])],
    ...options,
  })
  await new Promise<void>((resolve, reject) => {
    compiler.run((error, stats) => {
      const wrong = error ?? (stats?.hasErrors() ? new Error(stats.toString('errors-only')) : undefined)
      compiler.close(() => (wrong ? reject(wrong) : resolve()))
    })
  })
}
