import { extendedProperties } from '../../graph-mailbox/outlook-types.ts'
import { type Structure, text } from '../../http/json/kinds.ts'

/** A contact folder as clients give it. */
export const contactFolderType = {
  name: 'microsoft.graph.contactFolder',
  properties: { ...extendedProperties, id: text, displayName: text, parentFolderId: text },
} as const satisfies Structure

/** Names that `$select`, `$filter` and `$orderby` of contact folders may begin with. */
export const contactFolderFieldNames: ReadonlySet<string> = new Set(['id', 'displayName', 'parentFolderId'])
