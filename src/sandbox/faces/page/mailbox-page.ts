import { html } from 'hono/html'
import { messageProperties } from '../../../formats/mapi/message-properties.ts'
import { recipientProperties } from '../../../formats/mapi/recipient-properties.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow, ItemRow } from '../../mailbox/rows.ts'
import { type Html, bytesText, timeText } from './layout.ts'

const itemsPerPage = 100
const bodyLengthMax = 20_000

/** A mailbox's folders, and the items of the chosen one: the inbox at first. */
export function mailboxPage(mailbox: Mailbox, folderId: number | undefined, pageNumber: number) {
  const chosen = (folderId === undefined ? undefined : mailbox.folders.find(folderId)) ?? mailbox.folders.wellKnown('inbox')
  const root = mailbox.folders.all().find((folder) => folder.parentId === undefined)
  return html`<section>
<h2>${mailbox.row.address} <span class="soft">${mailbox.row.kind} · ${mailbox.row.guid} · ${bytesText(mailbox.sizeBytes)}</span></h2>
<table><tr><th>Folder</th><th class="wide">Class</th><th class="number">Items</th><th class="number">Unread</th><th class="number">Size</th></tr>
${root === undefined ? '' : folderRows(mailbox, root, 0)}
</table></section>
${chosen === undefined ? '' : itemsSection(mailbox, chosen, pageNumber)}`
}

function folderRows(mailbox: Mailbox, folder: FolderRow, depth: number): Html {
  const counts = mailbox.folders.counts(folder.id)
  return html`<tr><td style="padding-left:${String(depth * 1.1)}rem">
<a href="/mailboxes/${mailbox.row.guid}?folder=${String(folder.id)}#items">${folder.name}</a> ${folder.isHidden ? html`<span class="soft">hidden</span>` : ''}</td>
<td class="soft wide">${folder.folderClass}</td><td class="number">${String(counts.items)}</td><td class="number">${String(counts.unread)}</td>
<td class="number">${bytesText(counts.sizeBytes)}</td></tr>
${userFoldersFirst(mailbox.folders.children(folder.id)).map((child) => folderRows(mailbox, child, depth + 1))}`
}

/** What users see stands before what Exchange keeps for itself. */
function userFoldersFirst(folders: readonly FolderRow[]): readonly FolderRow[] {
  const rank = ({ wellKnown }: FolderRow) => (wellKnown === 'msgfolderroot' ? 0 : 1)
  return folders.toSorted((a, b) => rank(a) - rank(b))
}

function itemsSection(mailbox: Mailbox, folder: FolderRow, pageNumber: number) {
  const items = mailbox.items.list(folder.id, { order: 'received', descending: true, offset: (pageNumber - 1) * itemsPerPage, limit: itemsPerPage + 1 })
  const link = (target: number, text: string) => html`<a href="/mailboxes/${mailbox.row.guid}?folder=${String(folder.id)}&page=${String(target)}">${text}</a>`
  return html`<section id="items">
<h2>${folder.name}</h2>
${items.length === 0 ? html`<p class="soft">No items.</p>` : html`<table>
<tr><th>Received</th><th>Subject</th><th class="wide">Class</th><th class="number">Size</th></tr>
${items.slice(0, itemsPerPage).map(
  (item) => html`<tr><td>${timeText(item.receivedMs ?? item.startMs ?? item.createdMs)}</td>
<td class="long ${(item.messageFlags & 1) === 0 ? 'unread' : ''}"><a href="/mailboxes/${mailbox.row.guid}/items/${String(item.id)}">${item.subject === '' ? '(no subject)' : item.subject}</a>
<span class="soft">${item.categories.join(', ')}</span></td>
<td class="soft wide">${item.messageClass}</td><td class="number">${bytesText(item.sizeBytes)}</td></tr>`,
)}
</table>
<p>${pageNumber > 1 ? link(pageNumber - 1, 'Newer') : ''} ${items.length > itemsPerPage ? link(pageNumber + 1, 'Older') : ''}</p>`}
</section>`
}

/** One item: its facts, its plain text and its attachments' names. */
export function itemPage(mailbox: Mailbox, item: ItemRow) {
  const { properties, recipients } = mailbox.items.head(item.id)
  const people = recipients.map((recipient) => {
    const name = recipient.get(recipientProperties.displayName) ?? ''
    return `${name} <${recipient.get(recipientProperties.smtpAddress) ?? recipient.get(recipientProperties.emailAddress) ?? ''}>`
  })
  const sender = `${properties.get(messageProperties.representingName) ?? ''} <${properties.get(messageProperties.representingSmtpAddress) ?? properties.get(messageProperties.representingAddress) ?? ''}>`
  const body = properties.get(messageProperties.body) ?? ''
  const facts: readonly (readonly [string, string])[] = [
    ['From', sender],
    ['To', people.join(', ')],
    ['Received', timeText(item.receivedMs)],
    ['Class', item.messageClass],
    ['Categories', item.categories.join(', ')],
    ['Message-ID', item.messageId ?? ''],
    ['Attachments', mailbox.items.attachments(item.id).map((each) => `${each.name} (${bytesText(each.sizeBytes)})`).join(', ')],
    ['Properties', String(properties.size)],
  ]
  return html`<section>
<h2>${item.subject === '' ? '(no subject)' : item.subject}</h2>
<dl>${facts.filter(([, value]) => value.trim() !== '' && value.trim() !== '<>').map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
</section>
<section><pre>${body.slice(0, bodyLengthMax)}</pre>${body === '' ? html`<p class="soft">No plain text.</p>` : ''}
<p><a href="/mailboxes/${mailbox.row.guid}?folder=${String(item.folderId)}">Back to the folder</a></p></section>`
}
