// Puts the comment of a trace into the statement, in each form in which pg takes a query.
import { aroundMethod } from '../../src/host/replace-method.ts'
import { addComment } from '../../src/trace/comment-tag.ts'
import { changed, type QueryConfig, type Submittable } from './query-form.ts'

/** The arguments of `query` with the comment after their statement, unless it must not have one. */
export function commentArguments(args: readonly unknown[], comment: string): readonly unknown[] {
  const [config, ...rest] = args
  if (typeof config === 'string') return [addComment(config, comment), ...rest]
  if (!isPlain(config) || typeof config.text !== 'string' || config.name) return args
  return [changed(config, { text: addComment(config.text, comment) }), ...rest]
}

/** Has the comment in its text while it is submitted, and not before or after. */
export function commentSubmittable(query: Submittable, comment: string): void {
  const { cursor } = query as QueryConfig
  const holder = (cursor ?? query) as QueryConfig
  if (typeof holder.text !== 'string' || holder.name) return
  const { text } = holder
  aroundMethod(query, 'submit', (target, submit, args) => {
    holder.text = addComment(text, comment)
    try {
      return Reflect.apply(submit, target, args)
    } finally {
      holder.text = text
    }
  })
}

function isPlain(config: unknown): config is QueryConfig {
  if (typeof config !== 'object' || config === null) return false
  const prototype = Object.getPrototypeOf(config)
  return prototype === Object.prototype || prototype === null
}
