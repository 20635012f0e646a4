// Prepares README.md for the package (`absolute`) and restores it afterwards (`relative`). Both may run twice.
// The page of the npm registry has no folder to which a link could be relative, so links get `readmeLinks` of package.json as their
// base. Pictures are not in the package and have no public address yet: they become comments, and the text beside them is opened.
import { readFileSync, writeFileSync } from 'node:fs'

const [form] = process.argv.slice(2)
const readme = new URL('../README.md', import.meta.url)
const { version, readmeLinks } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const base = readmeLinks.replace('{version}', version)
const text = readFileSync(readme, 'utf8')

const PAIRS = [
  ['<picture>', '<!-- picture'],
  ['</picture>', '/picture -->'],
  ['<details>', '<details open>'],
]

const links = {
  absolute: () =>
    PAIRS.reduce(
      (result, [inRepository, inPackage]) => result.replaceAll(inRepository, inPackage),
      text.replaceAll(/\]\((?!#|[a-z]+:)/g, () => `](${base}`),
    ),
  relative: () =>
    PAIRS.reduce(
      (result, [inRepository, inPackage]) => result.replaceAll(inPackage, inRepository),
      text.replaceAll(`](${base}`, () => ']('),
    ),
}
const write = links[form]
if (!write) throw new TypeError(`readme-links.mjs takes absolute or relative, not ${form}`)
writeFileSync(readme, write())
