// The paragraphs and list items of a Markdown page. Headings, code and tables are left out, because they hold no sentences
// or only parts of them.

export interface PageText {
  line: number
  text: string
}

export function textsOfPage(page: string): PageText[] {
  const texts: PageText[] = []
  let isCode = false
  let isOpen = false
  page.split('\n').forEach((line, index) => {
    const isFence = /^\s*(```|~~~)/.test(line)
    if (isFence) isCode = !isCode
    const content = line.replace(/^\s*(?:[-*]|\d+\.|>)\s+/, '').trim()
    if (isFence || isCode || content === '' || /^\s*(#|\||<)/.test(line)) {
      isOpen = false
      return
    }
    const last = texts.at(-1)
    if (isOpen && last && content === line.trim()) last.text += `\n${content}`
    else texts.push({ line: index + 1, text: content })
    isOpen = true
  })
  return texts
}
