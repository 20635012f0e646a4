// The one place that makes the addresses of detectors' pages.

/** The base of all pages once the documentation is published. Until then a link leads to the installed package. */
const PUBLISHED: string | undefined = undefined

export function pageUrl(id: string): string {
  return `${PUBLISHED ?? 'node_modules/pg-loupe'}/src/detectors/${id}.md`
}
