// Addresses that open a place of the source: by default the file in its own program, or its line in an editor that has
// registered a URL scheme. An editor is one of those below or a template with `{path}`, `{line}` and `{column}`.
import type { Frame } from './types/query.ts'

/** Editors known by name. Each registers its scheme when it is installed (JetBrains editors by the Toolbox App). */
export const EDITORS = {
  vscode: 'vscode://file/{path}:{line}:{column}',
  cursor: 'cursor://file/{path}:{line}:{column}',
  windsurf: 'windsurf://file/{path}:{line}:{column}',
  zed: 'zed://file/{path}:{line}:{column}',
  idea: 'idea://open?file={path}&line={line}&column={column}',
  webstorm: 'webstorm://open?file={path}&line={line}&column={column}',
} as const

/** The name of an editor, or a template such as `vscode://file/{path}:{line}:{column}`. */
export type Editor = keyof typeof EDITORS | (string & {})

export const FILE_LINK = 'file:///{path}'

export const EDITOR_TAKES = `one of ${Object.keys(EDITORS).join(', ')}, or a template such as '${EDITORS.vscode}'`

/** Whether a text is the name of an editor or a valid template. */
export function isEditor(value: unknown): value is Editor {
  if (typeof value !== 'string') return false
  return (
    Object.hasOwn(EDITORS, value) ||
    (value.includes('{path}') && ADDRESS.test(value) && !RUNS_CODE.test(value))
  )
}

const ADDRESS = /^[a-z][a-z\d+.-]*:[^\s\p{C}]*$/iu
/** A page would execute an address with this scheme. */
const RUNS_CODE = /^(?:javascript|data|vbscript|blob):/i

/** The template of an editor. Without an editor, the template of the file itself. */
export function linkTemplate(editor: Editor | undefined): string {
  if (editor === undefined) return FILE_LINK
  return Object.hasOwn(EDITORS, editor) ? EDITORS[editor as keyof typeof EDITORS] : editor
}

/**
 * Undefined when the text names no file on a disk (`node:fs`, `webpack://…`), or a relative path without a folder. The
 * function uses no imports, so that the HTML page can include it.
 */
export function editorLink(
  { file, line, column }: Pick<Frame, 'file' | 'line' | 'column'>,
  template: string,
  folder?: string,
): string | undefined {
  const isAbsolute = /^(?:[/\\]|[a-z]:[/\\])/i.test(file)
  const isFile = file !== '' && (isAbsolute || !/^[a-z][a-z\d+.-]*:/i.test(file))
  if (!isFile || (!isAbsolute && !folder)) return undefined
  const path = (isAbsolute ? file : `${folder}/${file}`).replace(/\\/g, '/').replace(/\/(?:\.?\/)+/g, '/')
  const encoded = path
    .split('/')
    .map((step) => (/^[a-z]:$/i.test(step) ? step : encodeURIComponent(step.replace(/\p{Cs}/gu, '\ufffd'))))
    .join('/')
  const values: Record<string, string> = {
    path: encoded,
    line: String(line > 0 ? line : 1),
    column: String(column && column > 0 ? column : 1),
  }
  // `vscode://file/{path}` and `file://{path}` accept both `C:/…` and `/home/…`: there is exactly one slash before the path.
  const rooted = encoded.replace(/^(?!\/)/, '/')
  return template
    .replace(/:\/\/\{path\}/g, () => `://${rooted}`)
    .replace(/\/\{path\}/g, () => rooted)
    .replace(/\{(path|line|column)\}/g, (_, name: string) => values[name] ?? '')
}
