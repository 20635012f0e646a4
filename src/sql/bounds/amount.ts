// Arithmetic of upper bounds. A result keeps the reason of the bound that decided it.
import type { Amount } from './relation.ts'

export const NOTHING: Amount = { rows: 0, reason: '' }
export const ONE: Amount = { rows: 1, reason: '' }

export function least(one: Amount, other: Amount): Amount {
  return other.rows < one.rows ? other : one
}

export function most(one: Amount, other: Amount): Amount {
  return other.rows > one.rows ? other : one
}

export function times(one: Amount, other: Amount): Amount {
  if (one.rows === 0 || other.rows === 0) return { rows: 0, reason: one.reason }
  if (other.rows === Infinity) return other
  return { rows: one.rows * other.rows, reason: one.reason }
}
