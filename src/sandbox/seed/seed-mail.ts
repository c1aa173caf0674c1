import { mimeToMapi } from '../../formats/mime/mime-to-mapi.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import { generateSample, type SampleItem, type SampleOptions } from '../samples/sample-mailbox.ts'

const rolesToWellKnown = { inbox: 'inbox', sent: 'sentitems', drafts: 'drafts', trash: 'deleteditems', junk: 'junkemail', archive: 'archive' } as const

/** Fills a mailbox with the sample mail, its folders made where they are missing. */
export function seedMail(mailbox: Mailbox, options: SampleOptions): void {
  const folders = new Map<string, number>()
  for (const item of generateSample(options)) {
    const key = item.folderPath.join('/')
    const folderId = folders.get(key) ?? folderFor(mailbox, item)
    folders.set(key, folderId)
    mailbox.items.create(folderId, { message: toMessage(item) })
  }
}

function toMessage({ bytes, keywords, receivedAt }: SampleItem) {
  const has = (keyword: string) => keywords.includes(keyword)
  return mimeToMapi(bytes, {
    receivedMs: receivedAt.getTime(),
    isRead: has('$seen'),
    isDraft: has('$draft'),
    isFlagged: has('$flagged'),
    isAnswered: has('$answered'),
    isForwarded: has('$Forwarded'),
    keywords: keywords.filter((keyword) => !keyword.startsWith('$')),
  })
}

function folderFor(mailbox: Mailbox, { folderPath, role }: SampleItem): number {
  const { folders } = mailbox
  if (role !== undefined) return wellKnownId(mailbox, rolesToWellKnown[role])
  const [first = '', ...rest] = folderPath
  const top = first === 'Archive' ? wellKnownId(mailbox, 'archive') : undefined
  const below = top === undefined ? folderPath : rest
  return below.reduce(
    (parentId, name) => folders.child(parentId, name)?.id ?? folders.create(parentId, { name, folderClass: 'IPF.Note' }).id,
    top ?? wellKnownId(mailbox, 'msgfolderroot'),
  )
}

/** The id of a default folder, which every primary mailbox has. */
export function wellKnownId(mailbox: Mailbox, name: string): number {
  const folder = mailbox.folders.wellKnown(name)
  if (folder === undefined) throw new Error(`the mailbox has no ${name}`)
  return folder.id
}
