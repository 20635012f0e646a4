// The page at `/` of the demo with --serve: each route as a link, or as a command when it needs a body.
import { curl } from './curl.ts'
import { type Visit, visits } from './visits.ts'

export function indexPage(base: string): string {
  const rows = visits.map((visit) => `<tr><td>${linked(visit, base)}</td><td>${visit.about}</td></tr>`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The shop, under the loupe</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  td { padding: .2rem 1rem .2rem 0; vertical-align: top }
  code { font-size: .8rem; overflow-wrap: anywhere }
</style>
<h1>The shop, under the loupe</h1>
<p>Open a route and look at the terminal: pg-loupe reports there what the request did to the database.</p>
<table>
${rows.join('\n')}
</table>
</html>
`
}

function linked({ route, requests }: Visit, base: string): string {
  const [request] = requests
  if (!request) return escapeHtml(route)
  if (request.body !== undefined)
    return `${escapeHtml(route)}<br><code>${escapeHtml(curl(base, request))}</code>`
  return `<a href="${escapeHtml(request.path)}">${escapeHtml(route)}</a>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
