// Names of pages that no pattern of a route names: the shape of their path, with a star too where so many different words
// have been seen that they are values and no names (`/patient/hiv-positive`). What is not known yet keeps its word, so
// the first few of them are in names; the README says so. A page that was not found teaches nothing: anybody can ask for it.

/** Words that stand for values are more than this before long; the parts of one resource are fewer. */
const MOST_WORDS = 8
/** The pages of a site and the resources of an interface are many words too. */
const MOST_WORDS_AT_ENTRANCE = 40
const ENTRANCE = /^(?:\/(?:api|rest|v\d{1,2}))*$/i
/** Beyond it, and for pages that were not found, a word that is not known is taken for a value. */
const MOST_POSITIONS = 1000
const NOT_FOUND = 404

/** What a request came to. */
export interface Page {
  /** The pattern of its route, or the shape of its path. */
  readonly path: string
  readonly isShape: boolean
  /** Its name if it was turned away before it came to a route. */
  readonly turnedAway?: string
}

export class PageNames {
  /** The words seen below each path; `undefined` where they are values. */
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

/** The page of a request that no router has taken; `shape` is that of its trace, with the method. */
export function pageOfShape(shape: string): Page {
  return { path: shape.slice(shape.indexOf(' ') + 1), isShape: true }
}

/** Of the process: the middleware may be made anew for each request. */
export const pageNames = new PageNames()
