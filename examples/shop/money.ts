// Prices in the currency that the shop's owner has set.
import { eq } from 'drizzle-orm'
import { type Database, settings } from './schema.ts'

export function formatPrice(cents: number, currency: string): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(cents / 100)
}

export async function shopCurrency(db: Database): Promise<string> {
  const [currency] = await db
    .select({ code: settings.value })
    .from(settings)
    .where(eq(settings.name, 'currency')) // mistake: duplicate-query
  return currency?.code ?? 'EUR'
}

/** Convenient for a single price. Code that prints several prices reads the currency once and calls `formatPrice`. */
export async function priceTag(db: Database, cents: number): Promise<string> {
  return formatPrice(cents, await shopCurrency(db))
}
