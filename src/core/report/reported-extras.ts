import type { ExtraFate, ExtraKind, ExtraRecord } from '../model/extra.ts'

/** Words for the kinds, in the order in which they are reported. */
const kindNames: Readonly<Record<ExtraKind, string>> = {
  category: 'Category',
  rule: 'Inbox rule',
  setting: 'Setting',
  sharing: 'Calendar sharing',
  permission: 'Permission',
  forwarding: 'Forwarding',
  address: 'Addresses',
  any: 'Everything beside the items',
}

const fateNames: Readonly<Record<ExtraFate, string>> = {
  carried: 'Carried',
  alreadyThere: 'Already there',
  kept: "The target's own was kept",
  handwork: 'Work for a person',
  failed: 'Failed',
}

/** Those at the source that came out somehow, by kind and then by name. */
export function reportedExtras(extras: readonly ExtraRecord[]): readonly ExtraRecord[] {
  const order = Object.keys(kindNames)
  return extras
    .filter(({ isPresent, fate }) => isPresent && fate !== undefined)
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || compare(a.name, b.name) || compare(a.sourceId, b.sourceId))
}

/** What kind of thing it is, for people. */
export function extraKindText(kind: ExtraKind): string {
  return kindNames[kind]
}

/** How it came out, for people. */
export function extraFateText(fate: ExtraFate): string {
  return fateNames[fate]
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
