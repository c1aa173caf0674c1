import { Buffer } from 'node:buffer'
import type { SandboxProcess } from '../../test/e2e/sandbox-process.ts'
import { ImapClient } from './imap-client.ts'
import { digestOf, digestOfExport, type SmallMail } from './small-mail.ts'
import { TenantClient } from './tenant-client.ts'
import { measureWork, type WorkMeasurement } from './timed-work.ts'
import type { Way, WayResult } from './ways.ts'

/** Mailboxes that take part in a round: nobody but this round uses them. */
export const mailboxesPerRound = 4
const atOncePerMailbox = 4
const exportItemsMax = 20
const listedMax = 1_000
const imapFolder = 'Appended'

interface Target {
  readonly user: string
  /** As `/admin/exchange/mailboxes` names it. */
  readonly path: string
  readonly folderId: string
  readonly importUrl: URL
  readonly mail: readonly SmallMail[]
}

/** Sends the mail into the round's mailboxes by each way and reads all of it back by each way. Rejects on any refusal. */
export async function runWays({ ready, pid }: SandboxProcess, mail: readonly SmallMail[], round: number): Promise<readonly WayResult[]> {
  const client = new TenantClient(ready)
  const results: WayResult[] = []
  const keep = (way: Way['id'], measurement: WorkMeasurement, digests: readonly string[]) =>
    results.push({ way, round, measurement, differing: countDiffering(mail, digests) })
  try {
    const users = client.users.slice(round * mailboxesPerRound, (round + 1) * mailboxesPerRound)
    const targets = await Promise.all(users.map((user, index) => openTarget(client, user, mail.filter((_, at) => at % mailboxesPerRound === index))))

    const imported = await measureWork(pid, mail.length, () => importAll(client, targets))
    client.http.reconnect()
    const exported = await measureWork(pid, mail.length, () => exportAll(client, targets, imported.result))
    client.http.reconnect()
    const values = await readValues(client, targets, pid, mail.length)
    client.http.reconnect()
    const connections = await Promise.all(targets.map(({ user }) => openImap(client, user)))
    const appended = await measureWork(pid, mail.length, () =>
      Promise.all(connections.map((connection, index) => connection.appendAll(imapFolder, targets[index]!.mail.map(({ mime }) => mime)))),
    )
    const fetched = await measureWork(pid, mail.length, () => Promise.all(connections.map((connection) => connection.fetchAll(imapFolder))))
    connections.forEach((connection) => connection.close())

    // Not in between: the sandbox gives up a connection on which nothing comes for some seconds.
    const exportDigests = exported.result.flatMap(readExports)
    keep('import', imported.measurement, exportDigests)
    keep('export', exported.measurement, exportDigests)
    if (values !== undefined) keep('value', values.measurement, values.result.map(digestOf))
    const fetchDigests = fetched.result.flat().map(digestOf)
    keep('append', appended.measurement, fetchDigests)
    keep('fetch', fetched.measurement, fetchDigests)
    return results
  } finally {
    client.close()
  }
}

async function openTarget(client: TenantClient, user: string, mail: readonly SmallMail[]): Promise<Target> {
  const { primaryMailboxId } = await client.get(`/users/${user}/settings/exchange`)
  const path = `/admin/exchange/mailboxes/${String(primaryMailboxId)}`
  const { id } = await client.get(`${path}/folders/inbox`)
  const url = client.url(`${path}/createImportSession`)
  const { importUrl } = await client.http.json({ method: 'POST', url, headers: await client.graphHeaders() })
  return { user, path, folderId: String(id), importUrl: new URL(String(importUrl)), mail }
}

/** The ids of what was stored, by mailbox. */
function importAll({ http }: TenantClient, targets: readonly Target[]): Promise<readonly (readonly string[])[]> {
  return Promise.all(
    targets.map(async ({ importUrl, folderId, mail }) => {
      const head = Buffer.from(`{"FolderId":"${folderId}`)
      const headers = { 'Content-Type': 'application/json' }
      const answers = await eachOf(mail, ({ importTail }) => http.send({ method: 'POST', url: importUrl, headers, body: [head, importTail] }))
      return answers.map((answer) => String((JSON.parse(answer.toString('latin1')) as { readonly itemId: string }).itemId))
    }),
  )
}

async function exportAll(client: TenantClient, targets: readonly Target[], ids: readonly (readonly string[])[]): Promise<readonly Buffer[]> {
  const headers = { ...(await client.graphHeaders()), 'Content-Type': 'application/json' }
  const answers = await Promise.all(
    targets.map(({ path }, index) => {
      const url = client.url(`${path}/exportItems`)
      const batches = chunksOf(ids[index] ?? [], exportItemsMax)
      return eachOf(batches, (itemIds) => client.http.send({ method: 'POST', url, headers, body: [Buffer.from(JSON.stringify({ itemIds }))] }))
    }),
  )
  return answers.flat()
}

function readExports(answer: Buffer): readonly string[] {
  const { value } = JSON.parse(answer.toString('utf8')) as { readonly value: readonly { readonly data?: string }[] }
  return value.map(({ data }) => (data === undefined ? '' : digestOfExport(data)))
}

/** Undefined where the sandbox has no mail by Graph. */
async function readValues(client: TenantClient, targets: readonly Target[], pid: number, items: number) {
  const headers = await client.graphHeaders()
  const found = await Promise.all(targets.map((target) => listIds(client, target))).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes('Resource not found for the segment')) return undefined
    throw error
  })
  if (found === undefined) return undefined
  client.http.reconnect()
  const measured = await measureWork(pid, items, () =>
    Promise.all(
      targets.map(({ user }, index) =>
        eachOf(found[index] ?? [], (id) => client.http.send({ method: 'GET', url: client.url(`/users/${user}/messages/${id}/$value`), headers })),
      ),
    ),
  )
  return { measurement: measured.measurement, result: measured.result.flat() }
}

async function listIds(client: TenantClient, { user }: Target): Promise<readonly string[]> {
  const ids: string[] = []
  for (let skip = 0; ; skip += listedMax) {
    const { value } = await client.get(`/users/${user}/mailFolders/inbox/messages?$select=id&$top=${listedMax}&$skip=${skip}`)
    const page = value as readonly { readonly id: string }[]
    ids.push(...page.map(({ id }) => id))
    if (page.length < listedMax) return ids
  }
}

async function openImap(client: TenantClient, user: string): Promise<ImapClient> {
  const { host, port } = client.access.imap
  const connection = await ImapClient.open({ host, port }, await client.imapResponse(user))
  await connection.command(`CREATE ${imapFolder}`)
  return connection
}

/** As many at once as Exchange lets one app have in a mailbox (exchange.md 4.1). */
async function eachOf<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < values.length) {
      const at = next++
      results[at] = await work(values[at]!)
    }
  }
  await Promise.all(Array.from({ length: atOncePerMailbox }, lane))
  return results
}

function chunksOf<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => values.slice(index * size, (index + 1) * size))
}

/** Compared as multisets. */
function countDiffering(mail: readonly SmallMail[], digests: readonly string[]): number {
  const expected = new Map<string, number>()
  for (const { digest } of mail) expected.set(digest, (expected.get(digest) ?? 0) + 1)
  let found = 0
  for (const digest of digests) {
    const left = expected.get(digest) ?? 0
    if (left > 0) found++
    expected.set(digest, left - 1)
  }
  return Math.max(mail.length, digests.length) - found
}
