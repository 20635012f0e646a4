// What the reader has chosen, kept where the browser lets a file remember. A page without storage forgets; nothing else
// depends on it.

export function readSetting(window: Window, name: string): string {
  try {
    return window.localStorage.getItem(`pg-loupe.${name}`) ?? ''
  } catch {
    return ''
  }
}

export function keepSetting(window: Window, name: string, value: string): void {
  try {
    window.localStorage.setItem(`pg-loupe.${name}`, value)
  } catch {
    // See above.
  }
}
