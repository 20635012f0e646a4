/** What fails in here must not reach the application; there is then less to say of the set-up. */
export function quietly<Args extends readonly unknown[]>(
  act: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      act(...args)
    } catch {}
  }
}
