// The notices of an application in CommonJS on Express 4.
import { describe } from 'vitest'
import { testFaults } from './faults-of-forms.ts'

describe('with CommonJS and Express 4', () => testFaults({ kind: 'cjs', express: 'express4' }))
