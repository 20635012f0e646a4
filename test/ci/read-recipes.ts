// The recipes of docs/ci.md: its blocks of YAML and shell, by the heading above them.
import { readFileSync } from 'node:fs'

interface Recipe {
  heading: string
  language: string
  text: string
}

export function findRecipe(heading: string, language: string): string {
  const found = readRecipes().find((recipe) => recipe.heading === heading && recipe.language === language)
  if (!found) throw new Error(`docs/ci.md has no block of ${language} under "${heading}"`)
  return found.text
}

function readRecipes(): Recipe[] {
  const page = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8')
  const recipes: Recipe[] = []
  let heading = ''
  for (const [, title, language = '', text = ''] of page.matchAll(/^## (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm)) {
    if (title === undefined) recipes.push({ heading, language, text })
    else heading = title
  }
  return recipes
}
