// All routes of the shop with the requests that show their behaviour: routes with a mistake, each followed by its fixed twin,
// and routes that look suspicious but are correct.

/** Slow queries are not counted as mistakes, because any query may be slow on a busy machine. */
export const EVERY_RUN_ALIKE = { 'slow-query': false } as const

export interface Request {
  path: string
  /** Sent by POST, as JSON. */
  body?: unknown
}

export interface Visit {
  /** The name that the profiler gives: the method and the route's pattern. */
  route: string
  about: string
  /** The detectors that must find something here, once for each expected finding. */
  mistakes: readonly string[]
  /** The route with the same answer and without the mistakes. */
  fixedBy?: string
  requests: readonly Request[]
}

/** Unread columns are reported only after a few requests, so these routes are requested more than once. */
const thrice = (path: string): Request[] => [{ path }, { path }, { path }]

const order = {
  customerId: 7,
  addressId: 7,
  warehouseId: 2,
  items: [3, 14, 15, 92, 65].map((productId) => ({ productId, quantity: 2 })),
}

const mistaken: readonly Visit[] = [
  {
    route: 'GET /orders/recent',
    about: 'the customer of each order, one by one in a loop',
    mistakes: ['n-plus-one'],
    requests: [{ path: '/orders/recent' }],
  },
  {
    route: 'GET /customers/:id/orders',
    about: 'the lines of each order, and the product of each line',
    mistakes: ['n-plus-one', 'n-plus-one'],
    requests: [{ path: '/customers/7/orders' }, { path: '/customers/8/orders' }],
  },
  {
    route: 'GET /products',
    about: 'the ratings of each product, asked for by the function that formats it',
    mistakes: ['n-plus-one'],
    requests: [{ path: '/products' }, { path: '/products?page=2' }],
  },
  {
    route: 'GET /products/stock',
    about: 'the stock of each product, all at once in Promise.all',
    mistakes: ['n-plus-one'],
    requests: [{ path: '/products/stock' }],
  },
  {
    route: 'GET /orders/:id/availability',
    about: 'the stock of each line, looked up by warehouse and product',
    mistakes: ['n-plus-one'],
    requests: [{ path: '/orders/1233/availability' }, { path: '/orders/1237/availability' }],
  },
  {
    route: 'GET /categories/tree',
    about: 'a tree, one branch after the other',
    mistakes: ['n-plus-one'],
    requests: [{ path: '/categories/tree' }],
  },
  {
    route: 'GET /orders/:id/invoice',
    about: 'the currency of the shop, asked for again with each price',
    mistakes: ['duplicate-query'],
    requests: [{ path: '/orders/1233/invoice' }],
  },
  {
    route: 'GET /orders/open',
    about: 'a list without a limit',
    mistakes: ['unbounded-select'],
    requests: [{ path: '/orders/open' }],
  },
  {
    route: 'GET /customers/newest',
    about: 'all columns for the sake of one (select *)',
    mistakes: ['unread-columns'],
    requests: thrice('/customers/newest'),
  },
  {
    route: 'GET /products/names',
    about: 'all columns for the sake of one (Drizzle)',
    mistakes: ['unread-columns'],
    requests: thrice('/products/names'),
  },
  {
    route: 'POST /orders',
    about: 'an insert and an update for each line of a new order',
    mistakes: ['n-plus-one-write', 'n-plus-one-write'],
    requests: [{ path: '/orders', body: order }],
  },
]

const fine: readonly Visit[] = [
  {
    route: 'GET /orders/:id',
    about: 'one order with its customer and address',
    mistakes: [],
    requests: [{ path: '/orders/1233' }, { path: '/orders/97' }],
  },
  {
    route: 'GET /reports/orders-by-status',
    about: 'a whole table, read in pages by keyset',
    mistakes: [],
    requests: [{ path: '/reports/orders-by-status' }],
  },
  {
    route: 'GET /reports/price-list',
    about: 'a whole table, read in pages by offset',
    mistakes: [],
    requests: [{ path: '/reports/price-list' }],
  },
  {
    route: 'GET /reports/running-low',
    about: 'a long list of ids, looked up in batches',
    mistakes: [],
    requests: [{ path: '/reports/running-low' }],
  },
  {
    route: 'GET /reviews/latest',
    about: 'data loaders that make one query of many lookups',
    mistakes: [],
    requests: [{ path: '/reviews/latest' }],
  },
]

export const visits: readonly Visit[] = [
  ...mistaken.flatMap((visit) => [{ ...visit, fixedBy: fixed(visit.route) }, twin(visit)]),
  ...fine,
]

function twin({ route, requests }: Visit): Visit {
  return {
    route: fixed(route),
    about: 'the same, fixed',
    mistakes: [],
    requests: requests.map((request) => ({ ...request, path: fixed(request.path) })),
  }
}

/** `/products?page=2` → `/products/fixed?page=2` */
function fixed(path: string): string {
  const [before, query] = path.split('?')
  return query === undefined ? `${before}/fixed` : `${before}/fixed?${query}`
}
