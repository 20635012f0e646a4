// Names pages that have no pattern of a route, by the shape of their path. A position at which many different words have been
// seen holds values, not names (`/patient/hiv-positive`), and becomes a star. Until then the first few words are in names, as
// README says. Pages that were not found are not learned from, because anybody can request any path.

/** Values soon exceed this number of words; the parts of one resource do not. */
const MOST_WORDS = 8
/** The pages of a site and the resources of an API are many words too. */
const MOST_WORDS_AT_ENTRANCE = 40
const ENTRANCE = /^(?:\/(?:api|rest|v\d{1,2}))*$/i
/** After so many positions, and on pages that were not found, an unknown word is taken for a value. */
const MOST_POSITIONS = 1000
const NOT_FOUND = 404

/** The page that a request has reached. */
export interface Page {
  /** The pattern of its route, or the shape of its path. */
  readonly path: string
  readonly isShape: boolean
  /** The name of a request that was turned away (by a 4xx status) before it reached a route. */
  readonly turnedAway?: string
}

export class PageNames {
  /** The words seen below each path; `undefined` when they are values. */
  readonly #words = new Map<string, Set<string> | undefined>()

  nameOf({ path, isShape, turnedAway }: Page, status: number): string {
    if (turnedAway !== undefined && status >= 400 && status < 500) return turnedAway
    return isShape ? this.#nameOfShape(path, status !== NOT_FOUND) : path
  }

  #nameOfShape(shape: string, isFound: boolean): string {
    let name = ''
    for (const word of shape.split('/').slice(1)) {
      const isValue = word !== '' && word !== '*' && !this.#isKept(name, word, isFound)
      name += `/${isValue ? '*' : word}`
    }
    return name
  }

  #isKept(parent: string, word: string, isFound: boolean): boolean {
    const words = this.#words.get(parent)
    if (words?.has(word)) return true
    if (!isFound || (words === undefined && this.#words.has(parent))) return false
    if (words === undefined) {
      if (this.#words.size >= MOST_POSITIONS) return false
      this.#words.set(parent, new Set([word]))
      return true
    }
    if (words.size < (ENTRANCE.test(parent) ? MOST_WORDS_AT_ENTRANCE : MOST_WORDS)) {
      words.add(word)
      return true
    }
    this.#forgetBelow(parent)
    this.#words.set(parent, undefined)
    return false
  }

  #forgetBelow(parent: string): void {
    for (const position of this.#words.keys()) {
      if (position.startsWith(`${parent}/`)) this.#words.delete(position)
    }
  }
}

/** The page of a request without a known route. `shape` is the shape of its trace, which begins with the method. */
export function pageOfShape(shape: string): Page {
  return { path: shape.slice(shape.indexOf(' ') + 1), isShape: true }
}

/** One for the process, because an application may create the middleware again for each request. */
export const pageNames = new PageNames()
