// The address that opens a place of the source: in the file's own program by default, or at its line in an editor that
// has registered a scheme of its own. An editor is one of those below or a template with `{path}`, `{line}` and `{column}`.
import type { Frame } from './types/query.ts'

/** Known by name; each has registered its scheme when it is installed (JetBrains editors by the Toolbox App). */
export const EDITORS = {
  vscode: 'vscode://file/{path}:{line}:{column}',
  cursor: 'cursor://file/{path}:{line}:{column}',
  windsurf: 'windsurf://file/{path}:{line}:{column}',
  zed: 'zed://file/{path}:{line}:{column}',
  idea: 'idea://open?file={path}&line={line}&column={column}',
  webstorm: 'webstorm://open?file={path}&line={line}&column={column}',
} as const

/** An editor by its name, or a template such as `vscode://file/{path}:{line}:{column}`. */
export type Editor = keyof typeof EDITORS | (string & {})

export const FILE_LINK = 'file:///{path}'

export const EDITOR_TAKES = `one of ${Object.keys(EDITORS).join(', ')}, or a template such as '${EDITORS.vscode}'`

/** Whether it is the name of an editor, or a template that can be one. */
export function isEditor(value: unknown): value is Editor {
  if (typeof value !== 'string') return false
  return (
    Object.hasOwn(EDITORS, value) ||
    (value.includes('{path}') && ADDRESS.test(value) && !RUNS_CODE.test(value))
  )
}

const ADDRESS = /^[a-z][a-z\d+.-]*:[^\s\p{C}]*$/iu
/** A page would run it. */
const RUNS_CODE = /^(?:javascript|data|vbscript|blob):/i

/** The template of an editor; without one, that of the file itself. */
export function linkTemplate(editor: Editor | undefined): string {
  if (editor === undefined) return FILE_LINK
  return Object.hasOwn(EDITORS, editor) ? EDITORS[editor as keyof typeof EDITORS] : editor
}

/**
 * Undefined for what is no file on a disk (`node:fs`, `webpack://…`), and for a relative path without a folder. It stands
 * alone, so that the HTML page can carry its source.
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
  // `vscode://file/{path}` and `file://{path}` take `C:/…` and `/home/…` alike: what stands behind has one slash before it.
  const rooted = encoded.replace(/^(?!\/)/, '/')
  return template
    .replace(/:\/\/\{path\}/g, () => `://${rooted}`)
    .replace(/\/\{path\}/g, () => rooted)
    .replace(/\{(path|line|column)\}/g, (_, name: string) => values[name] ?? '')
}
