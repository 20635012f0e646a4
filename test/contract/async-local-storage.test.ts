// The default store keeps what every store has to keep.
import { asyncLocalContext } from '../../src/trace/context.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { contextContract } from './context-contract.ts'

contextContract(await testDatabase(), () => asyncLocalContext())
