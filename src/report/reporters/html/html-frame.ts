// The HTML around the content of a page, for the report and for the live panel.

interface HtmlParts {
  /** Written into the page when no server sends it. */
  policy?: string
  style: string
  body: string
}

export function htmlFrame({ policy, style, body }: HtmlParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${policy === undefined ? '' : `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="pg-loupe">
<title>pg-loupe</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`
}

/** The directives of a content security policy that allows only the page's own script and style. */
export function pagePolicy({ scriptHash, styleHash }: { scriptHash: string; styleHash: string }): string[] {
  return [
    "default-src 'none'",
    `script-src '${scriptHash}'`,
    `style-src '${styleHash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
}

const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Cg fill=%22none%22 stroke=%22%233f7cac%22 stroke-width=%222%22 stroke-linecap=%22round%22%3E%3Ccircle cx=%226.5%22 cy=%226.5%22 r=%224.5%22/%3E%3Cpath d=%22M10 10l4.500 4.500%22/%3E%3C/g%3E%3C/svg%3E'
