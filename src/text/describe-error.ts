// Describes an error in a warning: its kind and the place where it was thrown. The message is left out, because it may quote
// data of the application: a part of a JSON text, or a value that could not be converted.

const FRAMES = 10

export function describeError(error: unknown): string {
  try {
    if (!(error instanceof Error)) return `a ${typeof error} was thrown`
    const { name, message, stack } = error
    const { code } = error as NodeJS.ErrnoException
    const kind = /^\w{1,40}$/.test(name) ? name : 'Error'
    const text = String(stack ?? '')
    const frames = text
      .slice(message ? text.indexOf(message) + message.length : 0)
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
    return [
      typeof code === 'string' && /^\w{1,40}$/.test(code) ? `${kind} ${code}` : kind,
      ...frames.slice(0, FRAMES),
    ].join('\n')
  } catch {
    return 'an error'
  }
}
