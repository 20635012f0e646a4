export const BADGE_BUNDLE: string
export function bundleBadge(): Promise<string>
