import { existsSync } from 'node:fs'
import { findHome } from '../control/home.ts'
import type { Home } from '../control/home.ts'
import type { Environment } from './environment.ts'
import type { CommonOptions } from './options.ts'

/** The home that the options and the environment name. */
export function homeOf(options: CommonOptions, environment: Environment): Home {
  return findHome(options.home, environment.env, existsSync)
}
