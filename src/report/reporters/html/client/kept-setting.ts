// Settings of the reader, stored where the browser allows a file to do so. Without storage they are lost when the page is
// closed; nothing else depends on them.

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
    // Storage may be unavailable.
  }
}
