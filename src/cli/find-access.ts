import type { FindAccess } from '../control/endpoint.ts'
import { findAccessIn } from '../control/endpoints/find-access.ts'
import type { Environment } from './environment.ts'
import { homeOf } from './home-of.ts'
import type { CommonOptions } from './options.ts'

/** Looks up the endpoints that URLs name, in the home of the options and the environment. */
export function findAccessFor(options: CommonOptions, environment: Environment): FindAccess {
  return findAccessIn(homeOf(options, environment), environment.env, (secret) => environment.secrets.add(secret))
}
