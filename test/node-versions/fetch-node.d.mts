export function fetchNode(version: number): string
