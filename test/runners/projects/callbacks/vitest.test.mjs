import { test } from 'vitest'
import { writeFindings } from './findings.cjs'

test('runs every shape', writeFindings)
