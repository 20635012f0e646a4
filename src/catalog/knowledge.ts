// What the profiler knows of the database behind its pools, and when: the parser and the catalog are loaded once, when the
// first trace closes, and again after DDL. With pools that lead to several databases nothing is known, because a
// statement does not tell which of them it was sent to.

import type { Catalog } from '../sql/catalog-shape.ts'
import { loadParser } from '../sql/index.ts'
import {
  type CatalogSource,
  catalogOfPool,
  type OwnClientListener,
  type PoolLike,
} from './catalog-of-pool.ts'

export interface Knowledge {
  /** To be told of each pool that is profiled. */
  addPool(pool: PoolLike): void
  /** A promise while something is being loaded; undefined when there is nothing to wait for. Never rejects. */
  loading(): Promise<void> | undefined
  catalog(): Catalog | undefined
  /** The schema has changed. */
  forget(): void
}

export function createKnowledge(onOwnClient: OwnClientListener): Knowledge {
  const sources = new Set<CatalogSource>()
  let loaded = false
  let loading: Promise<void> | undefined
  const only = () => (sources.size === 1 ? [...sources][0] : undefined)
  return {
    addPool(pool) {
      // Two are as many as are needed to know nothing: an application may open a pool for each of its customers.
      if (sources.size > 1) return
      sources.add(catalogOfPool(pool, onOwnClient))
      loaded = false
    },
    loading() {
      if (loaded || sources.size === 0) return undefined
      loading ??= Promise.all([loadParser(), only()?.load()]).then(() => {
        loaded = true
        loading = undefined
      })
      return loading
    },
    catalog: () => only()?.current(),
    forget() {
      only()?.forget()
      loaded = false
    },
  }
}
