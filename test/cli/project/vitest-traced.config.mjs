// With the set-up and the reporter of pg-loupe/vitest, which `pg-loupe run` makes silent.
export default {
  test: {
    include: ['*.spec.mjs'],
    root: import.meta.dirname,
    setupFiles: ['pg-loupe/vitest/setup'],
    reporters: ['default', 'pg-loupe/vitest/reporter'],
  },
}
