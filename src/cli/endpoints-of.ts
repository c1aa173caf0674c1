import type { EndpointStore } from '../control/endpoints/endpoint-store.ts'
import { openEndpoints } from '../control/microsoft-365/open-endpoints.ts'
import type { Environment } from './environment.ts'
import { homeOf } from './home-of.ts'
import type { CommonOptions } from './options.ts'

/** The named endpoints of the home that the options and the environment name. */
export function endpointsOf(options: CommonOptions, environment: Environment): EndpointStore {
  return openEndpoints(homeOf(options, environment), environment.env, (secret) => environment.secrets.add(secret))
}
