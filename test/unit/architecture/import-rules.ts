/** What a folder of `src` may import; the table of ARCHITECTURE.md. Everything not named here is refused. */
export interface ImportRule {
  /** The folder, as a path below `src`; the most specific one that fits a file counts. */
  readonly folder: string
  /** Other folders or files below `src`; a folder may always import itself. */
  readonly own: readonly string[]
  readonly packages: readonly string[]
  /** Node's own modules: these, or any. */
  readonly node: readonly string[] | 'any'
}

const core = ['core']
const connector = [...core, 'connectors/kit', 'formats']

/** What every face of the sandbox stands on; no face knows another. */
const sandboxParts = ['formats', 'sandbox/clock.ts', 'sandbox/pace', 'sandbox/tenant', 'sandbox/mailbox', 'sandbox/tokens']

export const importRules: readonly ImportRule[] = [
  { folder: 'core', own: [], packages: [], node: ['crypto', 'assert'] },
  {
    folder: 'formats',
    own: ['core/model', 'core/errors.ts'],
    packages: ['ical.js', 'windows-iana'],
    node: ['assert', 'buffer', 'crypto', 'string_decoder', 'util'],
  },
  { folder: 'connectors/kit', own: [...core, 'formats'], packages: [], node: 'any' },
  { folder: 'connectors/memory', own: connector, packages: [], node: ['assert', 'buffer', 'crypto'] },
  { folder: 'connectors/archive', own: connector, packages: [], node: 'any' },
  { folder: 'connectors/imap', own: connector, packages: [], node: 'any' },
  { folder: 'connectors/graph', own: connector, packages: [], node: 'any' },
  { folder: 'connectors/imap/protocol', own: ['core/errors.ts', 'core/model'], packages: [], node: 'any' },
  {
    folder: 'connectors',
    own: ['core', 'connectors/imap', 'connectors/archive', 'connectors/graph'],
    packages: [],
    node: [],
  },
  { folder: 'store', own: core, packages: ['kysely'], node: 'any' },
  {
    folder: 'control',
    own: ['core', 'store', 'connectors/registry.ts', 'connectors/kit', 'formats'],
    packages: ['papaparse'],
    node: 'any',
  },
  {
    folder: 'cli',
    own: ['control', 'core/model', 'core/ports', 'core/errors.ts', 'sandbox/start-sandbox.ts'],
    packages: ['commander', '@clack/prompts'],
    node: 'any',
  },
  { folder: 'sandbox', own: ['formats', 'connectors/kit'], packages: ['hono', '@hono/node-server'], node: 'any' },
  { folder: 'sandbox/samples', own: ['formats', 'connectors/kit'], packages: [], node: 'any' },
  { folder: 'sandbox/pace', own: ['sandbox/clock.ts'], packages: [], node: [] },
  { folder: 'sandbox/tokens', own: ['formats', 'sandbox/clock.ts'], packages: [], node: ['crypto', 'buffer'] },
  { folder: 'sandbox/tenant', own: ['formats', 'sandbox/clock.ts'], packages: [], node: 'any' },
  { folder: 'sandbox/mailbox', own: ['formats', 'sandbox/clock.ts', 'sandbox/tenant'], packages: [], node: 'any' },
  { folder: 'sandbox/http', own: ['formats', 'sandbox/clock.ts', 'sandbox/pace', 'sandbox/tenant', 'sandbox/tokens'], packages: ['hono'], node: 'any' },
  ...['sign-in', 'directory', 'exchange-admin', 'graph-mail', 'graph-calendar', 'graph-people', 'transfer', 'page'].map((face) => ({
    folder: `sandbox/faces/${face}`,
    own: [...sandboxParts, 'sandbox/http', 'sandbox/graph-json', 'sandbox/graph-mailbox'],
    packages: ['hono'],
    node: 'any' as const,
  })),
  { folder: 'sandbox/faces/imap', own: sandboxParts, packages: [], node: 'any' },
  { folder: 'sandbox/graph-mailbox', own: [...sandboxParts, 'sandbox/http', 'sandbox/graph-json'], packages: [], node: ['buffer', 'crypto'] },
  { folder: 'sandbox/graph-json', own: ['formats', 'sandbox/mailbox', 'sandbox/clock.ts'], packages: [], node: ['buffer', 'crypto'] },
]
