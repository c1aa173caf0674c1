import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath, odataText } from '../../../connectors/kit/microsoft/graph-path.ts'
import { graphValues } from '../../../connectors/kit/microsoft/graph-pages.ts'
import { jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { ScratchPlace } from './scratch.ts'
import { scratchName, specimenMessageId, specimenText } from './specimen.ts'

type Version = 'v1.0' | 'beta'

/** PidTagAttributeHidden: mail programs do not show it. */
const hidden = [{ id: 'Boolean 0x10F4', value: 'true' }]

const pageFolders = 900

/** A hidden folder of whole items, below `/admin/exchange/mailboxes/{id}` (exchange.md 2.3). */
export function itemFolder(mailboxId: string, version: Version = 'v1.0'): ScratchPlace {
  const base = graphPath`/admin/exchange/mailboxes/${mailboxId}/folders`
  const at = (id: string): string => `${base}${graphPath`/${id}`}`
  return {
    what: `the hidden folder "${scratchName}"`,
    async find(graph) {
      const query = { includeHiddenFolders: 'true', $top: pageFolders }
      const path = `${base}/msgfolderroot/childFolders`
      return named(graph, { path, query, version, permission: 'MailboxFolder.Read.All' })
    },
    async make(graph) {
      const body = { displayName: scratchName, type: 'IPF.Note', singleValueExtendedProperties: hidden }
      const { json } = await graph.call({ method: 'POST', path: base, version, body, permission: 'MailboxFolder.ReadWrite.All' })
      return jsonText(json, 'id')
    },
    remove: (graph, id) => removeUntilGone(graph, at(id), version),
  }
}

/** A hidden mail folder, below `/users/{id}/mailFolders`. */
export function mailFolder(user: string): ScratchPlace {
  const base = graphPath`/users/${user}/mailFolders`
  const at = (id: string): string => `${base}${graphPath`/${id}`}`
  return {
    what: `the hidden folder "${scratchName}"`,
    async find(graph) {
      const query = { includeHiddenFolders: 'true', $top: pageFolders, $select: 'id,displayName' }
      return named(graph, { path: base, query, permission: 'Mail.ReadWrite' })
    },
    async make(graph) {
      const { json } = await graph.call({ method: 'POST', path: base, body: { displayName: scratchName, isHidden: true }, permission: 'Mail.ReadWrite' })
      return jsonText(json, 'id')
    },
    async remove(graph, id) {
      // Only the world-wide cloud has it; elsewhere the folder is deleted twice, the second time out of Deleted Items.
      await graph.call({ method: 'POST', path: `${at(id)}/permanentDelete`, expects: [400, 404, 405, 501] })
      await removeUntilGone(graph, at(id))
    },
  }
}

/** A To Do list; `mailboxId` is empty where there is no interface for whole items. */
export function taskList(user: string, mailboxId: string): ScratchPlace {
  const base = graphPath`/users/${user}/todo/lists`
  const permission = 'Tasks.ReadWrite.All'
  return {
    what: `the To Do list "${scratchName}"`,
    find: (graph) => named(graph, { path: base, permission }),
    async make(graph) {
      return jsonText((await graph.call({ method: 'POST', path: base, body: { displayName: scratchName }, permission })).json, 'id')
    },
    remove: (graph, id) =>
      removeUntilGone(graph, `${base}${graphPath`/${id}`}`, 'v1.0', async () => {
        // A list is a folder of tasks, and a deleted one stands in Deleted Items.
        if (mailboxId === '') return
        await graph.call({ method: 'DELETE', path: graphPath`/admin/exchange/mailboxes/${mailboxId}/folders/${id}`, expects: [400, 403, 404] })
      }),
  }
}

/** The specimen, posted as MIME where Graph takes it: it stands in Drafts. */
export function postedSpecimen(user: string, seen: (isDraft: unknown, receivedDateTime: unknown) => void): ScratchPlace {
  const base = graphPath`/users/${user}/messages`
  const permission = 'Mail.ReadWrite'
  return {
    what: 'the message "Mailvan probe" in Drafts',
    async find(graph) {
      const query = { $filter: `internetMessageId eq ${odataText(specimenMessageId)}`, $select: 'id' }
      return (await idsOf(graph, { path: graphPath`/users/${user}/mailFolders/drafts/messages`, query, permission })).map(({ id }) => id)
    },
    async make(graph) {
      const body = Buffer.from(Buffer.from(specimenText).toString('base64'), 'latin1')
      const { json } = await graph.call({ method: 'POST', path: base, headers: { 'content-type': 'text/plain' }, body, permission })
      seen(json['isDraft'], json['receivedDateTime'])
      return jsonText(json, 'id')
    },
    async remove(graph, id) {
      const path = `${base}${graphPath`/${id}`}`
      await graph.call({ method: 'POST', path: `${path}/permanentDelete`, expects: [400, 404, 405, 501] })
      await removeUntilGone(graph, path)
    },
  }
}

interface Listing {
  readonly path: string
  readonly query?: Readonly<Record<string, string | number>>
  readonly version?: Version
  readonly permission: string
}

async function named(graph: GraphCaller, listing: Listing): Promise<readonly string[]> {
  return (await idsOf(graph, listing)).flatMap(({ id, name }) => (name === scratchName ? [id] : []))
}

async function idsOf(graph: GraphCaller, listing: Listing): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const found: { id: string; name: string }[] = []
  for await (const json of graphValues(graph, { method: 'GET', ...listing })) found.push({ id: jsonText(json, 'id'), name: jsonText(json, 'displayName') })
  return found
}

/** What is deleted may first go to Deleted Items, out of which `purge` takes it: whether an id is known no more tells. */
async function removeUntilGone(graph: GraphCaller, path: string, version: Version = 'v1.0', purge?: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt <= 2; attempt++) {
    const { status: known } = await graph.call({ method: 'GET', path, version, query: { $select: 'id' }, expects: [404] })
    if (known === 404) return
    await graph.call({ method: 'DELETE', path, version, expects: [404] })
    await purge?.()
  }
  const { status } = await graph.call({ method: 'GET', path, version, query: { $select: 'id' }, expects: [404] })
  if (status !== 404) throw stillThere()
}

function stillThere(): MigrationError {
  return new MigrationError('config', 'endpoint.not-removed', {
    message: 'It was deleted, and is still there.',
    hint: 'Delete it by hand; a retention policy or a hold may keep it.',
  })
}
