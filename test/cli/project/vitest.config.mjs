export default { test: { include: ['*.spec.mjs'], root: import.meta.dirname } }
