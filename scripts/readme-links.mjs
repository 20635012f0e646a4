// Makes the links of README.md absolute before packing (`absolute`), and relative again afterwards (`relative`): the page of the
// registry has no folder to which they could be relative. Both may run twice. `readmeLinks` of package.json is their base.
import { readFileSync, writeFileSync } from 'node:fs'

const [form] = process.argv.slice(2)
const readme = new URL('../README.md', import.meta.url)
const { version, readmeLinks } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const base = readmeLinks.replace('{version}', version)
const text = readFileSync(readme, 'utf8')

const links = {
  absolute: () => text.replaceAll(/\]\((?!#|[a-z]+:)/g, () => `](${base}`),
  relative: () => text.replaceAll(`](${base}`, () => ']('),
}
const write = links[form]
if (!write) throw new TypeError(`readme-links.mjs takes absolute or relative, not ${form}`)
writeFileSync(readme, write())
