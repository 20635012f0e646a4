export const PAGE_BUNDLE: string
export function bundlePage(): Promise<string>
