import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { UsageError } from './usage-error.ts'

/** Where everything that outlives a run is kept; nothing is made by naming it. */
export interface Home {
  readonly folder: string
  readonly signingKeyFile: string
  readonly certificatesFolder: string
  readonly reportsFolder: string
  /** Named endpoints, their secrets sealed. */
  readonly endpointsFolder: string
  /** What seals them, unless MAILVAN_KEY does. */
  readonly sealingKeyFile: string
  /** What probes have measured. */
  readonly probesFolder: string
  /** What is written when this program itself fails. */
  readonly defectsFolder: string
}

/**
 * The home that `option` (--home) names, else MAILVAN_HOME, else the user's own: `~/.mailvan` where that exists, otherwise
 * `mailvan` in XDG_STATE_HOME when that is set, otherwise `~/.mailvan`. `exists` tells whether a folder is there.
 */
export function findHome(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  exists: (folder: string) => boolean,
): Home {
  const named = option ?? env['MAILVAN_HOME']
  if (option === '') throw new UsageError('home', '--home names no folder.', 'Write --home DIR, or leave it out.')
  if (named !== undefined && named !== '') return homeIn(resolve(named))
  const own = join(homedir(), '.mailvan')
  const state = env['XDG_STATE_HOME']
  if (state !== undefined && isAbsolute(state) && !exists(own)) return homeIn(join(state, 'mailvan'))
  return homeIn(own)
}

function homeIn(folder: string): Home {
  return {
    folder,
    signingKeyFile: join(folder, 'signing-key.pem'),
    certificatesFolder: join(folder, 'certificates'),
    reportsFolder: join(folder, 'reports'),
    endpointsFolder: join(folder, 'endpoints'),
    sealingKeyFile: join(folder, 'endpoint-key'),
    probesFolder: join(folder, 'probes'),
    defectsFolder: join(folder, 'defects'),
  }
}
