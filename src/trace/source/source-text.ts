// A source with its text and its tokens, and what several readers of it need.
import { isName } from '../../source/call-chain.ts'
import type { SourceTokens } from '../../source/tokens.ts'

export interface Source extends SourceTokens {
  text: string
}

/** The text from a token to the end of the token before another one. */
export function sliceOf({ text, starts, ends }: Source, from: number, to: number): string {
  return from < to ? text.slice(starts[from], ends[to - 1]) : ''
}

/** The names that a pattern binds. In `{ id: key }` the name before the colon is not bound. */
export function namesOfPattern({ texts }: Source, from: number, to: number): string[] {
  const names: string[] = []
  for (let at = from; at < to; at++) {
    if (isName(texts[at]) && texts[at + 1] !== ':') names.push(texts[at] as string)
  }
  return names
}
