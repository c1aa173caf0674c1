import assert from 'node:assert'
import type { EntryId, Settlement, Task } from '../core/model/entry.ts'
import type { Description } from '../core/model/item.ts'
import type { Database } from './database.ts'
import type { FolderNumbers } from './folder-numbers.ts'
import { dropClaim } from './drop-claim.ts'
import { getItem, type KnownItem } from './known-items.ts'
import { reopened } from './merge-decision.ts'
import { goneAssignments } from './record-gone.ts'
import { limitHeader, limitNote } from './text-limits.ts'

/** Where settlements go. */
export interface SettlingPlace {
  readonly mailbox: number
  readonly pass: number
  readonly numbers: FolderNumbers
}

const digestBytes = 32

type Of<Type extends Settlement['type']> = Extract<Settlement, { readonly type: Type }>

/** `Ledger.settle` for one settlement; inside `write`. A key that is unknown, or a copy that two claim, is a defect. */
export function settleItem(database: Database, place: SettlingPlace, settlement: Settlement): void {
  switch (settlement.type) {
    case 'copied':
      return settleCopied(database, place, settlement)
    case 'updated':
      return settleUpdated(database, place, settlement)
    case 'failed':
      return settleFailed(database, place, settlement)
    case 'skipped':
      return settleSkipped(database, place, settlement)
    case 'gone':
      return settleGone(database, place, settlement)
    case 'removed':
      return settleRemoved(database, place, settlement)
    case 'verified':
      return settleVerified(database, place, settlement)
  }
}

/** `Ledger.reopen` for one entry; inside `write`. What is gone or pending stays as it is. */
export function reopenItem(database: Database, mailbox: number, key: EntryId): void {
  const known = getItem(database, mailbox, key)
  if (known.fate === null || known.fate === 'gone') return
  const { fate, task } = reopened(known)
  database.run(
    `UPDATE items SET fate = ?, task = ?, fate_pass = ?, reason = NULL, hint = NULL, prior_fate = NULL,
       prior_task = NULL
     WHERE mailbox = ? AND key = ?`,
    fate,
    task,
    fate === null ? null : known.fatePass,
    mailbox,
    key,
  )
  if (fate === null) dropClaim(database, mailbox, key)
}

/** `Ledger.describe` for one entry; inside `write`. */
export function describeItem(database: Database, mailbox: number, key: EntryId, description: Description): void {
  const changes = database.run(
    'UPDATE items SET identity = ?, message_id = ?, sender = ?, subject = ? WHERE mailbox = ? AND key = ?',
    ...descriptionValues(description),
    mailbox,
    key,
  )
  assertKnown(changes, key)
}

function descriptionValues(description: Description): [string, string, string, string] {
  return [
    description.identity,
    limitHeader(description.messageId),
    limitHeader(description.from),
    limitHeader(description.subject),
  ]
}

function copyValues(place: SettlingPlace, settlement: Of<'copied'>) {
  const digest = Buffer.from(settlement.digest, 'hex')
  assert.equal(digest.length, digestBytes, 'a digest is 64 hexadecimal digits')
  return [
    place.numbers.targetNumber(settlement.targetFolderId),
    settlement.targetId,
    settlement.targetVersion,
    digest,
    settlement.contentBytes,
    settlement.proof,
    settlement.altered ?? null,
    ...descriptionValues(settlement.description),
  ] as const
}

const copyAssignments = `
  target_folder = ?, target_id = ?, target_version = ?, digest = ?, content_bytes = ?, proof = ?, altered = ?,
  identity = ?, message_id = ?, sender = ?, subject = ?`

const settleFirstCopy = `
  UPDATE items SET fate = ?, task = ?, fate_pass = ?, ${copyAssignments}
  WHERE mailbox = ? AND key = ? AND fate IS NULL AND superseded_id IS NULL`

const settleOtherCopy = `
  UPDATE items SET fate = ?, task = ?, fate_pass = ?, update_pass = ?, is_orphan = ?, superseded_id = ?,
    reason = NULL, hint = NULL, conflict = NULL, prior_fate = NULL, prior_task = NULL, ${copyAssignments}
  WHERE mailbox = ? AND key = ?`

function settleCopied(database: Database, place: SettlingPlace, settlement: Of<'copied'>): void {
  const { mailbox, pass } = place
  if (settlement.supersededId === undefined && settlement.replaces === undefined) {
    // The usual case, without a look at the row: a first copy of a pending item.
    const changes = database.run(
      settleFirstCopy,
      settlement.fate,
      settlement.task ?? null,
      pass,
      ...copyValues(place, settlement),
      mailbox,
      settlement.key,
    )
    if (changes === 1) return
  }
  const known = getItem(database, mailbox, settlement.key)
  const inherited = settlement.replaces === undefined ? null : removeReplaced(database, mailbox, settlement.replaces)
  const supersededId = settlement.supersededId ?? known.supersededId ?? inherited
  // Deleted at the source while it was on its way: the copy is an orphan from the start.
  const isGone = known.fate === 'gone'
  const fate = isGone ? 'gone' : settlement.fate
  const isSameFate = fate === known.fate
  database.run(
    settleOtherCopy,
    fate,
    (isGone ? undefined : settlement.task) ?? remainingTask(supersededId),
    isSameFate ? known.fatePass : pass,
    isSameFate && !isGone ? pass : known.updatePass,
    isGone ? 1 : 0,
    supersededId,
    ...copyValues(place, settlement),
    mailbox,
    settlement.key,
  )
}

/** Deletes the entry whose copy another takes over; gives the superseded copy that still has to go. */
function removeReplaced(database: Database, mailbox: number, key: EntryId): string | null {
  const { fate, supersededId } = getItem(database, mailbox, key)
  assert.equal(fate, 'gone', 'only an entry gone at the source is replaced')
  database.run('DELETE FROM items WHERE mailbox = ? AND key = ?', mailbox, key)
  return supersededId
}

function settleUpdated(database: Database, place: SettlingPlace, settlement: Of<'updated'>): void {
  const known = getItem(database, place.mailbox, settlement.key)
  assert(known.hasCopy || settlement.targetId !== undefined, 'what is updated has a copy')
  const fate = known.fate === null || known.fate === 'failed' ? (known.priorFate ?? 'migrated') : known.fate
  database.run(
    `UPDATE items SET fate = ?, fate_pass = ?, task = ?, update_pass = ?, target_version = ?, altered = ?, conflict = ?,
       reason = NULL, hint = NULL, prior_fate = NULL, prior_task = NULL,
       target_folder = coalesce(?, target_folder), target_id = coalesce(?, target_id)
     WHERE mailbox = ? AND key = ?`,
    fate,
    known.fate === null ? place.pass : known.fatePass,
    remainingTask(known.supersededId),
    settlement.didWrite ? place.pass : known.updatePass,
    settlement.targetVersion,
    settlement.altered ?? null,
    settlement.conflict === undefined ? null : limitNote(settlement.conflict),
    settlement.targetFolderId === undefined ? null : place.numbers.targetNumber(settlement.targetFolderId),
    settlement.targetId ?? null,
    place.mailbox,
    settlement.key,
  )
}

function settleFailed(database: Database, place: SettlingPlace, settlement: Of<'failed'>): void {
  const { mailbox, pass } = place
  const { code, hint, key, description } = settlement
  const known = getItem(database, mailbox, key)
  // What is gone at the source stays gone when its copy cannot be removed.
  const fate = known.fate === 'gone' ? 'gone' : 'failed'
  const isSameFate = fate === known.fate
  database.run(
    `UPDATE items SET fate = ?, fate_pass = ?, task = NULL, reason = ?, hint = ?, prior_fate = ?, prior_task = ?
     WHERE mailbox = ? AND key = ?`,
    fate,
    isSameFate ? known.fatePass : pass,
    limitNote(code),
    limitNote(hint),
    isSameFate ? known.priorFate : known.fate,
    isSameFate ? known.priorTask : known.task,
    mailbox,
    key,
  )
  if (description) describeItem(database, mailbox, key, description)
}

function settleSkipped(database: Database, place: SettlingPlace, settlement: Of<'skipped'>): void {
  const known = getItem(database, place.mailbox, settlement.key)
  assert(!known.hasCopy, 'what has a copy at the target is not skipped')
  if (known.fate === 'gone') return
  database.run(
    `UPDATE items SET fate = 'skipped', fate_pass = ?, task = NULL, reason = ?, hint = NULL,
       prior_fate = NULL, prior_task = NULL
     WHERE mailbox = ? AND key = ?`,
    known.fate === 'skipped' ? known.fatePass : place.pass,
    limitNote(settlement.rule),
    place.mailbox,
    settlement.key,
  )
}

function settleGone(database: Database, place: SettlingPlace, settlement: Of<'gone'>): void {
  const known = getItem(database, place.mailbox, settlement.key)
  database.run(
    `UPDATE items SET ${goneAssignments} WHERE mailbox = ? AND key = ?`,
    known.fate === 'gone' ? known.fatePass : place.pass,
    place.mailbox,
    settlement.key,
  )
}

function settleRemoved(database: Database, place: SettlingPlace, settlement: Of<'removed'>): void {
  const known = getItem(database, place.mailbox, settlement.key)
  const conflict = settlement.conflict === undefined ? null : limitNote(settlement.conflict)
  const endsClaim = known.fate === 'gone' && known.task !== 'clear' && conflict === null
  if (known.task === 'clear') {
    database.run(
      `UPDATE items SET superseded_id = NULL, task = NULL, conflict = coalesce(?, conflict)
       WHERE mailbox = ? AND key = ?`,
      conflict,
      place.mailbox,
      settlement.key,
    )
  } else if (endsClaim) {
    database.run(
      `UPDATE items SET target_folder = NULL, target_id = NULL, target_version = NULL, is_orphan = 0, task = NULL,
         conflict = NULL, reason = NULL, hint = NULL
       WHERE mailbox = ? AND key = ?`,
      place.mailbox,
      settlement.key,
    )
  } else {
    assert(conflict !== null && known.fate === 'gone', 'only the copy of what is gone at the source is removed')
    database.run(
      'UPDATE items SET task = ?, conflict = ? WHERE mailbox = ? AND key = ?',
      remainingTask(known.supersededId),
      conflict,
      place.mailbox,
      settlement.key,
    )
  }
}

function settleVerified(database: Database, place: SettlingPlace, settlement: Of<'verified'>): void {
  const changes = database.run(
    'UPDATE items SET proof = ?, altered = ? WHERE mailbox = ? AND key = ?',
    settlement.proof,
    settlement.altered ?? null,
    place.mailbox,
    settlement.key,
  )
  assertKnown(changes, settlement.key)
}

/** What is left to do once a task is done. */
function remainingTask(supersededId: KnownItem['supersededId']): Task | null {
  return supersededId === null ? null : 'clear'
}

function assertKnown(changes: number, key: EntryId): void {
  assert.equal(changes, 1, `no entry has the key ${key}`)
}
