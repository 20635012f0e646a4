// Runs every shape in its own trace and writes the number of queries in each finding, by shape.
const { mkdirSync, writeFileSync } = require('node:fs')
const { dirname } = require('node:path')
const pg = require('pg')
const { createProfiler } = require('pg-loupe')
const { profilePool } = require('pg-loupe/pg')
const callsOf = require('./calls.cjs')
const loopsOf = require('./loops.cjs')

exports.writeFindings = async () => {
  const profiler = createProfiler({ console: 'off', catalog: false, detectors: { 'query-budget': false } })
  const pool = profilePool(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 }), profiler)
  const found = {}
  for (const [kind, shapes] of Object.entries({ loops: loopsOf(pool), calls: callsOf(pool) })) {
    found[kind] = {}
    for (const [name, shape] of Object.entries(shapes)) {
      found[kind][name] = []
      await profiler.trace(`${kind}: ${name}`, () => ended(shape))
    }
  }
  await profiler.settled()
  for (const { route, occurrences } of profiler.report().findings) {
    const [kind, name] = route.split(': ')
    found[kind][name].push(occurrences[0].queries.length)
  }
  await pool.end()
  const file = process.env.FOUND
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(found))
}

/** Runs shapes that take a callback as well as shapes that return a promise. */
function ended(shape) {
  if (shape.length === 0) return shape()
  return new Promise((resolve, reject) => {
    shape((error) => (error ? reject(error) : resolve()))
  })
}
