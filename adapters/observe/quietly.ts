/** Keeps errors of `act` away from the application. The only consequence is that less is known about the set-up. */
export function quietly<Args extends readonly unknown[]>(
  act: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      act(...args)
    } catch {}
  }
}
