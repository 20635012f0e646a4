// Runs in the page: the contrast of every text in sight with what is behind it, as WCAG 2 counts it.

/** The texts below the ratio. */
export function lowContrast(least: number): string[] {
  const parse = (color: string): number[] => {
    const numbers = (color.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number)
    const [r = 0, g = 0, b = 0, alpha = 1] = numbers
    return color.startsWith('color(') ? [r * 255, g * 255, b * 255, alpha] : [r, g, b, alpha]
  }
  const luminance = (color: number[]): number => {
    const [r = 0, g = 0, b = 0] = color.map((value) => {
      const part = value / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const over = (front: number[], back: number[], alpha: number): number[] =>
    [0, 1, 2].map((index) => (front[index] ?? 0) * alpha + (back[index] ?? 0) * (1 - alpha))
  const ancestors = (element: Element): Element[] =>
    element.parentElement ? [element, ...ancestors(element.parentElement)] : [element]

  const low = new Set<string>()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!element?.checkVisibility() || !node.textContent?.trim()) continue
    if (element.closest('script, noscript, option, .unseen')) continue
    const chain = ancestors(element)
    let back = [255, 255, 255]
    for (const one of chain.toReversed()) {
      const color = parse(getComputedStyle(one).backgroundColor)
      back = over(color, back, color[3] ?? 1)
    }
    const opacity = chain.reduce((all, one) => all * Number(getComputedStyle(one).opacity), 1)
    const color = parse(getComputedStyle(element).color)
    const front = over(color, back, (color[3] ?? 1) * opacity)
    const [bright = 0, dark = 0] = [luminance(front), luminance(back)].sort((a, b) => b - a)
    const ratio = (bright + 0.05) / (dark + 0.05)
    if (ratio < least)
      low.add(`${ratio.toFixed(2)} ${element.tagName}.${element.className} ${node.textContent.slice(0, 20)}`)
  }
  return [...low]
}
