// Bundles third-party code into the one compiled file that imports it, so that users of the package need not install it. The
// package's own files and its dependencies stay imports, because a copy of them would have a state of its own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/**
 * @param {string} file absolute path of a compiled CommonJS file
 * @param {string} source the file to bundle into it
 */
export async function includeDependencies(file, source = file) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: file,
    allowOverwrite: true,
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    charset: 'utf8',
    plugins: [{ name: 'own files stay imports', setup: (bundler) => keepOwnImports(bundler, source) }],
  })
  writeFileSync(file, `${licences(Object.keys(metafile.inputs))}${outputFiles[0].text}`)
}

function keepOwnImports(bundler, file) {
  bundler.onResolve({ filter: /./ }, ({ path, importer }) => {
    const isOwn = importer === file && path.startsWith('.')
    return isOwn || isBuiltin(path) || Object.hasOwn(dependencies, path)
      ? { path, external: true }
      : undefined
  })
}

/** Licences ask for their text to be kept. */
function licences(inputs) {
  const packages = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
  return [...new Set(packages)]
    .sort()
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
      const file = ['LICENSE', 'LICENSE.md', 'license'].map((one) => join(root, folder, one)).find(existsSync)
      if (!file) throw new Error(`${name} has no licence file that could be included`)
      return `/*! ${name} ${version}\n${readFileSync(file, 'utf8').trim().replaceAll('*/', '* /')}\n*/\n`
    })
    .join('')
}
