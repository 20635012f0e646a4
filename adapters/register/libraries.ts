// The libraries that `pg-loupe/register` finds in a process. A further driver or framework is one line here.
import { expressRoutes } from '../express/express-routes.ts'
import type { Library } from './library.ts'
import { pg } from './profile-pg.ts'
import { postgres } from './profile-postgres.ts'

export const LIBRARIES: readonly Library[] = [
  pg,
  postgres,
  // Express comes last, because it also names the requests that no framework has answered.
  { routes: expressRoutes },
]
