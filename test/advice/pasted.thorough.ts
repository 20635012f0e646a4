// The code that findings advise, pasted into programs with Drizzle 1.0.
import { testPastedFixes } from './paste-fixes.ts'

testPastedFixes('1.0')
