import { parseStructuredField } from './structured-field.ts'
import type { StructuredField } from './structured-field.ts'
import type { MimePart } from './part-tree.ts'

/** A leaf that becomes an attachment. */
export interface AttachedPart {
  readonly part: MimePart
  readonly disposition: StructuredField | undefined
  readonly parent: MimePart | undefined
  /** Another form of the text that is shown, kept and not shown. */
  readonly isAlternative: boolean
}

/** What the leaves of a message are for. */
export interface BodyParts {
  readonly text: MimePart | undefined
  readonly html: MimePart | undefined
  readonly attached: readonly AttachedPart[]
}

/** Text that a client cannot show as one. */
const fileTextTypes: ReadonlySet<string> = new Set([
  'text/calendar',
  'text/vcard',
  'text/x-vcard',
  'text/directory',
  'text/rtf',
  'text/rfc822-headers',
])

/**
 * Tells body and attachments apart as Exchange does (MS-OXCMAIL section 2.2.3.3): the first text that is no file is the
 * body, with both forms of it where it stands in a multipart/alternative; every other leaf is an attachment, further
 * texts too.
 */
export function sortParts(root: MimePart): BodyParts {
  let text: MimePart | undefined
  let html: MimePart | undefined
  const attached: AttachedPart[] = []

  const visit = (part: MimePart, parent: MimePart | undefined, isInAlternative: boolean): void => {
    if (part.children.length > 0) {
      const isBody = part.contentType.value === 'multipart/alternative' && text === undefined && html === undefined
      for (const child of part.children) visit(child, part, isBody || isInAlternative)
      return
    }
    const written = part.header.first('content-disposition')
    const disposition = written === undefined ? undefined : parseStructuredField(written)
    const type = part.contentType.value
    const isHtml = type === 'text/html'
    if (isBodyText(part, parent, disposition)) {
      const isFree = isInAlternative ? (isHtml ? html : text) === undefined : text === undefined && html === undefined
      if (isFree) {
        if (isHtml) html = part
        else text = part
        return
      }
    }
    const isOtherForm =
      parent?.contentType.value === 'multipart/alternative' && type.startsWith('text/') && type !== 'text/calendar'
    attached.push({
      part,
      disposition,
      parent,
      isAlternative: isOtherForm && disposition?.value !== 'attachment',
    })
  }

  visit(root, undefined, false)
  return { text, html, attached }
}

function isBodyText(part: MimePart, parent: MimePart | undefined, disposition: StructuredField | undefined): boolean {
  const type = part.contentType.value
  if (disposition?.value === 'attachment') return false
  if (parent === undefined) return type.startsWith('text/') && !fileTextTypes.has(type)
  if (type !== 'text/plain' && type !== 'text/html') return false
  const isNamed = disposition?.parameters.has('filename') === true || part.contentType.parameters.has('name')
  // Some senders name the forms of a text.
  return !isNamed || parent.contentType.value === 'multipart/alternative'
}
