export default {
  test: {
    include: ['books.test.mjs'],
    setupFiles: ['pg-loupe/vitest/setup'],
    reporters: ['default', 'pg-loupe/vitest/reporter'],
  },
}
