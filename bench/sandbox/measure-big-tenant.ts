import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type SandboxProcess, startSandboxProcess } from '../../test/e2e/sandbox-process.ts'
import { readProcessUsage } from './process-usage.ts'
import { TenantClient } from './tenant-client.ts'

const tenant = 'big'
const mailboxes = 200
const items = 1_000_000

/** What a big tenant may take. */
export const bigTenantLimits = { readyS: 3, peakRssMB: 1_000 } as const

/** One start of a sandbox with a big tenant. */
export interface BigTenantResult {
  readonly mailboxes: number
  readonly items: number
  readonly storedMB: number
  /** From the start of the process to its ready line. */
  readonly readyS: number
  /** The page at `/`, which counts every mailbox. */
  readonly pageS: number
  /** The page of one mailbox, which counts every folder of it. */
  readonly mailboxPageS: number
  /** `GET .../folders/inbox/items`, the first page, and the folders of a mailbox with their counts. */
  readonly listingS: number
  readonly foldersS: number
  readonly cpuS: number
  readonly peakRssMB: number
  readonly load: number
}

/**
 * Makes a big tenant in the temporary folder, starts a sandbox with it `runs` times and looks in. `say` is told what takes
 * long. Throws when what the sandbox shows is not what was stored.
 */
export async function measureBigTenant(runs: number, signal: AbortSignal, say: (text: string) => void): Promise<readonly BigTenantResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mailvan-bench-'))
  try {
    say(`sandbox-big: making ${items} items in ${mailboxes} mailboxes`)
    const program = fileURLToPath(new URL('fill-big-tenant.ts', import.meta.url))
    await promisify(execFile)(process.execPath, [program, folder, tenant, String(mailboxes), String(items)], { signal })
    const { size } = await stat(join(folder, `${tenant}.tenant.db`))
    const results: BigTenantResult[] = []
    for (let run = 0; run < runs; run++) {
      signal.throwIfAborted()
      results.push(await measureStart(folder, size / 1e6))
      say(`sandbox-big: ready after ${results.at(-1)?.readyS.toFixed(2)} s`)
    }
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureStart(folder: string, storedMB: number): Promise<BigTenantResult> {
  const [load = 0] = loadavg()
  const startMs = performance.now()
  const sandbox = await startSandboxProcess(['--http', '--tenant', tenant, '--folder', folder])
  const readyS = (performance.now() - startMs) / 1000
  try {
    return { mailboxes, items, storedMB, readyS, ...(await lookIn(sandbox)), ...readProcessUsage(sandbox.pid), load }
  } finally {
    await sandbox.stop()
  }
}

async function lookIn({ ready }: SandboxProcess) {
  const client = new TenantClient(ready)
  try {
    const overview = await timed(() => client.http.send({ method: 'GET', url: new URL(ready.page) }))
    const shown = overview.result.toString('utf8').match(/class="number">5[0-9]{3}</g)?.length
    if (shown !== mailboxes) throw new Error(`the page shows ${shown} mailboxes with their items, not ${mailboxes}`)
    const guid = /\/mailboxes\/([0-9a-f-]+)/.exec(overview.result.toString('utf8'))?.[1]
    const mailboxPage = await timed(() => client.http.send({ method: 'GET', url: new URL(`/mailboxes/${guid}`, ready.page) }))
    const { primaryMailboxId } = await client.get(`/users/${client.users.at(-1)}/settings/exchange`)
    const path = `/admin/exchange/mailboxes/${String(primaryMailboxId)}/folders`
    const listing = await timed(() => client.get(`${path}/inbox/items?$top=100`))
    if ((listing.result['value'] as readonly unknown[]).length !== 100) throw new Error('the first page of items is not full')
    const folders = await timed(() => client.get(path))
    return { pageS: overview.wallS, mailboxPageS: mailboxPage.wallS, listingS: listing.wallS, foldersS: folders.wallS }
  } finally {
    client.close()
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly wallS: number }> {
  const startMs = performance.now()
  const result = await work()
  return { result, wallS: (performance.now() - startMs) / 1000 }
}
