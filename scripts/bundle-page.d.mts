export const PAGE_BUNDLE: string
export function bundlePage(): Promise<string>
export function writePageBundle(date: Date): Promise<void>
