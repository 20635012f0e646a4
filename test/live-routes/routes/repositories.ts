// Classes that know the tables, for the routes of `structure.ts`.
import type { Pool } from 'pg'

interface Post {
  id: string
  title: string
  author_id: string
  author?: Author
}

interface Author {
  id: string
  name: string
}

export class PostRepository {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async newest(count: number): Promise<Post[]> {
    // origin: author_id in GET /structure/repository, GET /structure/caching-loader
    const { rows } = await this.#pool.query(
      'select id, title, author_id from posts order by published_at desc limit $1',
      [count],
    )
    return rows
  }

  async findBySlug(slug: string): Promise<Post> {
    const { rows } = await this.#pool.query('select id, title, author_id from posts where slug = $1', [slug])
    return rows[0]
  }

  async findAuthor(id: string): Promise<Author> {
    // guilty: n-plus-one, proven in GET /structure/repository
    const { rows } = await this.#pool.query('select id, name from authors where id = $1', [id])
    return rows[0]
  }

  async findAuthors(ids: readonly string[]): Promise<Map<string, Author>> {
    const { rows } = await this.#pool.query('select id, name from authors where id = any($1)', [ids])
    return new Map(rows.map((author) => [author.id, author]))
  }
}

interface Sheet {
  id: number
  seller: string
}

export class OrderRepository {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async sheetsOfDay(day: string): Promise<Sheet[]> {
    const ids = await this.#idsOfDay(day)
    const sheets: Sheet[] = []
    for (const id of ids) sheets.push(await this.#sheet(id))
    return sheets
  }

  async sheetsOfDayAtOnce(day: string): Promise<Sheet[]> {
    const { rows } = await this.#pool.query(
      `select o.id, s.name as seller from orders o join staff s on s.id = o.seller_id
       where o.placed_at::date = $1 order by o.id limit 15`,
      [day],
    )
    return rows
  }

  async #idsOfDay(day: string): Promise<number[]> {
    // origin: id in GET /structure/service
    const { rows } = await this.#pool.query(
      'select id from orders where placed_at::date = $1 order by id limit 15',
      [day],
    )
    return rows.map((row) => row.id)
  }

  async #sheet(id: number): Promise<Sheet> {
    // guilty: n-plus-one, proven in GET /structure/service
    const { rows } = await this.#pool.query(
      'select o.id, s.name as seller from orders o join staff s on s.id = o.seller_id where o.id = $1',
      [id],
    )
    return rows[0]
  }
}
