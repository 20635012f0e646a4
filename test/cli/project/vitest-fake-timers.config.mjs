export default { test: { include: ['books.fake-timers.mjs'], root: import.meta.dirname } }
