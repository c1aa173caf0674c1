import type { Buffer } from 'node:buffer'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** A field of a header: its name in lower case and what was written, unfolded, a character for each byte. */
export type FieldFacts = readonly [name: string, value: string]

/** A part that holds no others: a text, a file, or messages. */
export interface LeafFacts {
  /** The multiparts around it, outermost first. */
  readonly inside: readonly string[]
  readonly type: string
  /** As it stands in the header. */
  readonly writtenType: string
  readonly name: string | null
  readonly contentId: string | null
  readonly disposition: string | null
  readonly encoding: string
  readonly charset: string | null
  /** Decoded; absent for messages. */
  readonly sizeBytes?: number
  readonly digest?: string
  /** Of a text or a small file: its bytes, a character each; of a text what it says, where its charset is known and right. */
  readonly latin?: string | null
  readonly text?: string | null
  readonly messages?: readonly MailFacts[]
}

/** What Python's email package, which shares no code with the product, finds in a message. */
export interface MailFacts {
  readonly fields: readonly FieldFacts[]
  readonly leaves: readonly LeafFacts[]
  /** Preambles and epilogues: text beside the parts. */
  readonly beside: readonly string[]
}

/** Reads messages as `mail-facts.py` does; undefined for one that Python cannot read. */
export function readFacts(messages: readonly Buffer[]): readonly (MailFacts | undefined)[] {
  const input = messages.map((bytes) => bytes.toString('base64')).join('\n')
  const { stdout, stderr, status } = spawnSync('python3', [join(import.meta.dirname, 'mail-facts.py')], { input, maxBuffer: 1 << 30 })
  if (status !== 0) throw new Error(`mail-facts.py ended with ${status}: ${stderr.toString()}`)
  const lines = stdout.toString('utf8').trimEnd().split('\n')
  if (lines.length !== messages.length) throw new Error(`mail-facts.py told of ${lines.length} of ${messages.length} messages`)
  return lines.map((line) => {
    const facts = JSON.parse(line) as MailFacts & { readonly error?: string }
    return facts.error === undefined ? facts : undefined
  })
}
