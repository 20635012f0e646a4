// The code that findings advise, pasted into programs with pg and with Drizzle 0.45.
import { testPastedFixes } from './paste-fixes.ts'

testPastedFixes('0.45')
