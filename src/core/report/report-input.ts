import type { ExtraRecord } from '../model/extra.ts'
import type { ItemNoun } from '../model/form.ts'
import type { Verification } from '../model/rules.ts'
import type { CertifiedFate } from './certificate/format.ts'
import type { Summary } from './counts.ts'

/** Everything a report says. Texts from mail and servers are raw: the renderers make them safe. */
export interface ReportInput {
  readonly product: string
  /** Endpoint URLs without secrets. */
  readonly source: string
  readonly target: string
  readonly issuedAtMs: number
  /** What the items are called. */
  readonly noun: ItemNoun
  readonly verification: Verification
  readonly summary: Summary
  /** Sizes as the source announced them. */
  readonly fateBytes: Readonly<Record<CertifiedFate, number>>
  readonly passes: readonly ReportPass[]
  readonly folders: readonly ReportFolder[]
  readonly skippedByRule: readonly { readonly rule: string; readonly items: number; readonly sizeBytes: number }[]
  readonly failedByCode: readonly { readonly code: string; readonly hint: string; readonly items: number }[]
  readonly failed: ItemList
  readonly altered: ItemList
  readonly conflicts: ItemList
  /** What is beside the items and came out somehow, in order. */
  readonly extras: readonly ExtraRecord[]
  /** The file with the commands, where there is work for a person. */
  readonly handworkFile?: string
  readonly certificate?: { readonly file: string; readonly keyId: string }
}

/** One run. */
export interface ReportPass {
  readonly number: number
  readonly startedAtMs: number
  readonly endedAtMs?: number | undefined
  readonly result?: string | undefined
}

/** A source folder with the sums over its items. */
export interface ReportFolder {
  readonly path: readonly string[]
  readonly targetPath?: readonly string[] | undefined
  readonly skippedBy?: string | undefined
  /** Why the path at the target differs, where it is known (`plan/map-folders`). */
  readonly reasons?: readonly string[] | undefined
  readonly items: number
  readonly sizeBytes: number
  readonly fates: Readonly<Record<CertifiedFate, number>>
}

/** Some items of a class, and how many there are. */
export interface ItemList {
  readonly items: readonly ReportItem[]
  readonly total: number
}

/** An item that a person may want to look at. */
export interface ReportItem {
  /** The folder at the source; `targetPath` is the target's, where it is called otherwise there. */
  readonly path: readonly string[]
  readonly targetPath?: readonly string[]
  readonly sourceId: string
  readonly receivedAtMs: number
  readonly sizeBytes: number
  readonly from: string
  readonly subject: string
  /** The error code, the alteration or the conflict. */
  readonly reason: string
}
