import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { writeFastTransfer } from '../../../formats/fast-transfer/write-fast-transfer.ts'
import { beginImport, importItem } from '../scratch/import-item.ts'
import { itemFolder } from '../scratch/places.ts'
import { specimenMessage } from '../scratch/specimen.ts'
import { type Measurement, measured, measuring, notMeasured, type Question, refusalOf } from './measurement.ts'
import type { Measure, ProbedMailbox, Writing } from './probed-mailbox.ts'

const question: Question = {
  number: 7,
  id: 'archive-import',
  name: 'Imports into an archive',
  writes: 'imports a small message into a hidden folder of the archive',
}

const versions = ['v1.0', 'beta'] as const
type Version = (typeof versions)[number]

/** Whether an archive takes imports with an app's permissions, by the v1.0 paths and by those of beta. */
export const measureArchive: Measure = {
  question,
  isOfItems: true,
  read: (mailbox) => ofVersions(mailbox, (version) => seesArchive(mailbox, version), '; imports need --write'),
  write: (mailbox, writing) => ofVersions(mailbox, (version) => takesImport(mailbox, writing, version), ''),
}

function ofVersions(mailbox: ProbedMailbox, look: (version: Version) => Promise<string>, tail: string): Promise<Measurement> {
  return measuring(question, async () => {
    if (mailbox.archiveId === undefined) return notMeasured(question, 'the mailbox has no archive', 'Name one that has an archive by --mailbox.')
    const found = new Map<Version, string>()
    for (const version of versions) found.set(version, await look(version))
    const [stable, beta] = versions.map((version) => found.get(version) ?? '')
    const advice = stable === takes ? 'Archives can be moved by the stable interface: please report it.' : 'Archives are reached by the beta paths, as ?archive=1 does.'
    return measured(question, `the path of v1.0 ${stable}; that of beta ${beta}${tail}`, advice, { stable: stable ?? '', beta: beta ?? '' })
  })
}

const takes = 'takes imports'

async function seesArchive({ archiveId = '', connection, roles }: ProbedMailbox, version: Version): Promise<string> {
  const permission = 'MailboxFolder.Read.All'
  try {
    await connection.graph.call({ method: 'GET', version, path: graphPath`/admin/exchange/mailboxes/${archiveId}/folders`, query: { $top: 1 }, permission })
    return 'shows it'
  } catch (error) {
    return `does not show it (${refusalOf(error, roles, permission)})`
  }
}

async function takesImport(mailbox: ProbedMailbox, { scratch }: Writing, version: Version): Promise<string> {
  const { archiveId = '', connection, context, roles } = mailbox
  const seen = await seesArchive(mailbox, version)
  if (seen !== 'shows it') return seen
  return scratch.within(itemFolder(archiveId, version), async (folderId) => {
    try {
      const { url } = await beginImport(connection.graph, archiveId, version)
      await importItem(connection, url, folderId, writeFastTransfer(specimenMessage()), context)
      return takes
    } catch (error) {
      return `shows it and refuses imports (${refusalOf(error, roles, 'MailboxItem.ImportExport.All')})`
    }
  })
}
