// The only place where elements are created. Given values become text and attributes, never markup.

type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>
export type Child = Node | string | number | false | undefined | null

/** Creates an element. Strings become text nodes; attributes that start with `--` become custom properties. */
export type Make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes?: Attributes | null,
  ...children: readonly (Child | readonly Child[])[]
) => HTMLElementTagNameMap[Name]

export function elementMaker(document: Document): Make {
  /** Characters that change the direction of the surrounding text or are invisible are replaced. */
  const visible = (text: string): string => text.replace(/[^\P{Cc}\n\t]|\p{Cf}/gu, '\uFFFD')

  const set = (element: HTMLElement, [name, value]: [string, Attributes[string]]): void => {
    if (value === undefined || value === false) return
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (name.startsWith('--')) element.style.setProperty(name, String(value))
    else element.setAttribute(name, value === true ? '' : visible(String(value)))
  }

  return function make(name, attributes, ...children) {
    const element = document.createElement(name)
    for (const attribute of Object.entries(attributes ?? {})) set(element, attribute)
    for (const child of children.flat() as Child[]) {
      if (child === undefined || child === null || child === false) continue
      element.append(typeof child === 'object' ? child : document.createTextNode(visible(String(child))))
    }
    return element
  }
}
