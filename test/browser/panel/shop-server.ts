// The shop with a page to click on, copied beside the shop's files into a folder of its own, where a test changes a route.
import pg from 'pg'
import { createApp } from './app.ts'

const { DATABASE_URL, PORT, BADGE = '' } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL ?? '', max: 5 })
const app = createApp(pool)

const page = (badge: string) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>The shop</title>
<body style="font: 16px sans-serif; margin: 40px"><h1>The shop</h1>
${[
  '/orders/recent',
  '/orders/recent/fixed',
  '/products',
  '/categories/tree',
  '/customers/7/orders',
  '/orders/open',
]
  .map((path) => `<p><button data-path="${path}">${path}</button></p>`)
  .join('\n')}
<script>
  document.addEventListener('click', async ({ target }) => {
    if (!target.dataset.path) return
    const response = await fetch(target.dataset.path)
    await response.text()
    target.dataset.doneAt = performance.timeOrigin + performance.now()
  })
</script>
${badge ? `<script src="${badge}"></script>` : ''}
</body></html>`

app.get('/', async (_request, response) => {
  await pool.query('select name from categories where parent_id is null')
  response.type('html').send(page(BADGE))
})
const server = app.listen(Number(PORT), '127.0.0.1', () => console.log(`the shop listens on ${PORT}`))
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  void pool.end()
})
