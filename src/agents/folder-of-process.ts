// Frames name files relative to the folder in which their process runs.
import type { PanelApi } from '../panel/panel-api.ts'

/** Without the id of a process, the folder that all known processes share. Undefined when that is none. */
export async function folderOf(api: PanelApi, id: string | undefined): Promise<string | undefined> {
  const { processes } = await api.status()
  const one = processes.find((process) => process.id === id)
  if (one) return one.folder
  const folders = new Set(processes.map(({ folder }) => folder))
  return folders.size === 1 ? [...folders][0] : undefined
}
