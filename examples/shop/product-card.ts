// The form in which the shop's lists show a product.
import { count, eq, sql } from 'drizzle-orm'
import { type Database, reviews } from './schema.ts'

export const averageRating = sql<number | null>`round(avg(${reviews.rating}), 1)::float8`

interface ListedProduct {
  id: number
  name: string
  priceCents: number
}

export async function productCard(db: Database, product: ListedProduct) {
  const [rating] = await db
    .select({ average: averageRating, reviews: count() })
    .from(reviews)
    .where(eq(reviews.productId, product.id)) // mistake: n-plus-one
  return { ...product, average: rating?.average ?? null, reviews: rating?.reviews ?? 0 }
}
