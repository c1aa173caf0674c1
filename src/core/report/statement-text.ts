import type { ItemNoun } from '../model/form.ts'
import type { Verification } from '../model/rules.ts'
import { comparePaths } from '../plan/compare-paths.ts'
import { certifiedFates, type CertifiedFate } from './certificate/format.ts'
import { keyIdText } from './certificate/key.ts'
import { explainAlteration, explainConflict, explainNameChange, explainRule } from './explain.ts'
import { formatBytes, formatCount, formatInstant, formatItems } from './format-amounts.ts'
import { extraFateText, extraKindText } from './reported-extras.ts'
import type { ItemList, ReportFolder, ReportInput, ReportItem } from './report-input.ts'
import { joinPath } from './visible-text.ts'

/** A text in a report: our own words, or somebody else's, which a renderer must make safe. */
export type ReportText = string | { readonly foreign: string }

/** A table; numbers stand on the right. */
export interface ReportTable {
  readonly columns: readonly { readonly title: string; readonly isNumber: boolean }[]
  readonly rows: readonly (readonly ReportText[])[]
  /** Bold last row. */
  readonly total?: readonly ReportText[]
}

/** One heading with what belongs to it. */
export interface ReportSection {
  readonly title: string
  readonly sentences: readonly string[]
  readonly table?: ReportTable
}

/** A report as plain data, for any renderer. */
export interface ReportDocument {
  readonly title: string
  /** `good`: all is there. `attention`: a person should look. `bad`: something failed or is not done. */
  readonly tone: 'good' | 'attention' | 'bad'
  readonly verdict: string
  readonly facts: readonly { readonly name: string; readonly value: ReportText }[]
  readonly sections: readonly ReportSection[]
}

const fateNames: Readonly<Record<CertifiedFate, string>> = {
  migrated: 'Migrated',
  alreadyThere: 'Already there',
  skipped: 'Skipped by a rule',
  failed: 'Failed',
  gone: 'Gone at the source',
  pending: 'Not done yet',
}

function verificationText(verification: Verification, noun: ItemNoun): string {
  switch (verification) {
    case 'counts':
      return `counts: the folders of the target hold as many ${noun}s as the ledger says`
    case 'identity':
      return `identity: the target named each ${noun} it took, or the ${noun} was found there with equal content`
    case 'content':
      return `content: the bytes of each ${noun} were read back from the target and compared`
  }
}

/** Puts a report into words. Pure: the same input gives the same document. */
export function toReportDocument(input: ReportInput): ReportDocument {
  const sections = [
    sumsSection(input),
    skippedSection(input),
    ...failedSections(input),
    itemSection('Altered by the target', () => alteredSentences(input.noun), input.altered, 'Change', explainAlteration),
    itemSection('Conflicts', conflictSentences, input.conflicts, 'Why', explainConflict),
    extrasSection(input),
    handworkSection(input),
    renamedSection(input.folders),
    foldersSection(input),
    passesSection(input),
    certificateSection(input),
  ]
  return {
    title: 'Mailbox migration report',
    ...verdictOf(input),
    facts: [
      { name: 'Source', value: { foreign: input.source } },
      { name: 'Target', value: { foreign: input.target } },
      { name: 'Verified by', value: verificationText(input.verification, input.noun) },
      { name: 'Issued', value: `${formatInstant(input.issuedAtMs)} by ${input.product}` },
    ],
    sections: sections.filter((section) => section !== undefined),
  }
}

function verdictOf({ summary, altered, conflicts, extras, noun }: ReportInput): Pick<ReportDocument, 'tone' | 'verdict'> {
  const { fates, counts } = summary
  const pending = fates.pending ?? 0
  const all = counts.source === 1 ? `The one ${noun}` : `All ${formatItems(counts.source, noun)}`
  if (pending > 0) {
    return {
      tone: 'bad',
      verdict: `The migration is not finished: ${formatItems(pending, noun)} of ${formatCount(counts.source)} to go.`,
    }
  }
  if (fates.failed > 0) {
    const failed = `${formatCount(fates.failed)} of ${formatItems(counts.source, noun)}`
    return { tone: 'bad', verdict: `${failed} could not be migrated; every other one is accounted for.` }
  }
  const settled = `${all} of the source ${counts.source === 1 ? 'is' : 'are'} accounted for; none failed.`
  const failedExtras = extras.filter(({ fate }) => fate === 'failed').length
  const remarks = [
    fates.skipped > 0 ? `${formatCount(fates.skipped)} left out by a rule` : '',
    altered.total > 0 ? `${formatCount(altered.total)} altered by the target` : '',
    conflicts.total > 0 ? `${formatCount(conflicts.total)} changed at both sides` : '',
    failedExtras > 0 ? `${formatCount(failedExtras)} failed beside the ${noun}s` : '',
  ].filter((remark) => remark !== '')
  if (counts.source === 0 && failedExtras === 0) return { tone: 'good', verdict: 'The source is empty.' }
  return remarks.length === 0
    ? { tone: 'good', verdict: settled }
    : { tone: 'attention', verdict: `${settled} ${sentence(remarks)}` }
}

function sentence(remarks: readonly string[]): string {
  const last = remarks.at(-1)!
  return `${remarks.length === 1 ? last : `${remarks.slice(0, -1).join(', ')} and ${last}`}.`
}

function sumsSection({ summary, fateBytes, noun }: ReportInput): ReportSection {
  const { counts, fates } = summary
  const shown = certifiedFates.filter((fate) => fate !== 'pending' || (fates.pending ?? 0) > 0)
  const bytes = certifiedFates.reduce((sum, fate) => sum + fateBytes[fate], 0)
  const pending = counts.pending === undefined ? '' : `, ${formatCount(counts.pending)} not done yet`
  return {
    title: `What became of every ${noun}`,
    sentences: [
      `Each ${noun} of the source is in exactly one of these classes, and they add up to the source.`,
      `In the last pass: ${formatCount(counts.migrated)} migrated, ${formatCount(counts.alreadyThere)} already there, ` +
        `${formatCount(counts.updated)} updated, ${formatCount(counts.unchanged)} unchanged, ${formatCount(counts.skipped)} skipped, ` +
        `${formatCount(counts.failed)} failed, ${formatCount(counts.gone)} gone${pending}.`,
    ],
    table: {
      columns: columns('Class', countTitle(noun), '#Size'),
      rows: shown.map((fate) => [fateNames[fate], formatCount(fates[fate] ?? 0), formatBytes(fateBytes[fate])]),
      total: ['Source', formatCount(counts.source), formatBytes(bytes)],
    },
  }
}

function skippedSection({ skippedByRule, noun }: ReportInput): ReportSection | undefined {
  if (skippedByRule.length === 0) return undefined
  return {
    title: 'Skipped by a rule',
    sentences: [
      `These ${noun}s stay at the source only, because a rule says so. Change the rule and run again to carry them.`,
    ],
    table: {
      columns: columns('Rule', 'They are', countTitle(noun), '#Size'),
      rows: skippedByRule.map(({ rule, items, sizeBytes }) => [
        { foreign: rule },
        { foreign: explainRule(rule) },
        formatCount(items),
        formatBytes(sizeBytes),
      ]),
    },
  }
}

function failedSections({ failedByCode, failed, noun }: ReportInput): readonly (ReportSection | undefined)[] {
  if (failed.total === 0) return []
  return [
    {
      title: 'Failed, by cause',
      sentences: [`These ${noun}s are not at the target. "mailvan retry" tries them again.`],
      table: {
        columns: columns('Cause', 'What to do', countTitle(noun)),
        rows: failedByCode.map(({ code, hint, items }) => [{ foreign: code }, { foreign: hint }, formatCount(items)]),
      },
    },
    itemSection(
      `Failed ${noun}s`,
      () => [],
      failed,
      'Cause',
      (code) => code,
    ),
  ]
}

function alteredSentences(noun: ItemNoun): readonly string[] {
  return [
    `The target stored these ${noun}s with a known change, apart from which they were found equal, or without keywords that it ` +
      'does not keep.',
  ]
}

function conflictSentences(): readonly string[] {
  return ['These were changed at the source and at the target. What the person did at the target was left as it is.']
}

function itemSection(
  title: string,
  sentences: () => readonly string[],
  list: ItemList,
  reasonTitle: string,
  explain: (reason: string) => string,
): ReportSection | undefined {
  if (list.total === 0) return undefined
  const more = list.total - list.items.length
  const cut = more > 0 ? [`The first ${formatCount(list.items.length)} of ${formatCount(list.total)} are listed.`] : []
  return {
    title,
    sentences: [...sentences(), ...cut],
    table: {
      columns: columns('Folder', 'Received', 'From', 'Subject', '#Size', reasonTitle, 'Source id'),
      rows: list.items.map((item) => [
        { foreign: placeText(item) },
        formatInstant(item.receivedAtMs),
        { foreign: item.from },
        { foreign: item.subject },
        formatBytes(item.sizeBytes),
        { foreign: explain(item.reason) },
        { foreign: item.sourceId },
      ]),
    },
  }
}

function placeText({ path, targetPath }: ReportItem): string {
  return targetPath === undefined ? joinPath(path) : `${joinPath(path)} (at the target ${joinPath(targetPath)})`
}

function extrasSection({ extras, noun }: ReportInput): ReportSection | undefined {
  const shown = extras.filter(({ fate }) => fate !== 'handwork')
  if (shown.length === 0) return undefined
  return {
    title: `Beside the ${noun}s`,
    sentences: ['What else belongs to the mailbox. What the person at the target chose or changed was left as it is.'],
    table: {
      columns: columns('Kind', 'Name', 'Outcome', 'Why'),
      rows: shown.map(({ kind, name, fate, reason, hint }) => [
        extraKindText(kind),
        { foreign: name },
        extraFateText(fate!),
        { foreign: reason === undefined ? '' : [explainConflict(reason), hint].filter(Boolean).join(': ') },
      ]),
    },
  }
}

function handworkSection({ extras, handworkFile }: ReportInput): ReportSection | undefined {
  const work = extras.filter(({ handwork }) => handwork !== undefined)
  if (work.length === 0) return undefined
  return {
    title: 'Work for a person',
    sentences: ['No program can carry the following, or none should.'],
    table: {
      columns: columns('Kind', 'Name', 'What to do'),
      rows: [
        ...work.map(({ kind, name, handwork }) => [extraKindText(kind), { foreign: name }, { foreign: handwork!.sentence }]),
        ...(handworkFile === undefined ? [] : [['The commands', '', { foreign: handworkFile }]]),
      ],
    },
  }
}

function renamedSection(folders: readonly ReportFolder[]): ReportSection | undefined {
  const renamed = folders.filter(
    ({ path, targetPath, skippedBy }) =>
      targetPath !== undefined && skippedBy === undefined && comparePaths(path, targetPath) !== 0,
  )
  if (renamed.length === 0) return undefined
  return {
    title: 'Folders with another name or place',
    sentences: [],
    table: {
      columns: columns('At the source', 'At the target', 'Why'),
      rows: renamed.map(({ path, targetPath, reasons }) => [
        { foreign: joinPath(path) },
        { foreign: joinPath(targetPath!) },
        (reasons ?? []).map(explainNameChange).join('; '),
      ]),
    },
  }
}

function foldersSection({ folders, summary, noun }: ReportInput): ReportSection {
  const shown = certifiedFates.filter((fate) => fate !== 'pending' || (summary.fates.pending ?? 0) > 0)
  const sum = (pick: (folder: ReportFolder) => number) => folders.reduce((total, folder) => total + pick(folder), 0)
  return {
    title: 'Folders',
    sentences: [],
    table: {
      columns: columns('Folder', 'At the target', countTitle(noun), ...shown.map((fate) => `#${fateNames[fate]}`), '#Size'),
      rows: folders.map((folder) => [
        { foreign: joinPath(folder.path) },
        folder.skippedBy === undefined
          ? { foreign: joinPath(folder.targetPath ?? []) }
          : { foreign: `left out: ${explainRule(folder.skippedBy)}` },
        formatCount(folder.items),
        ...shown.map((fate) => formatCount(folder.fates[fate])),
        formatBytes(folder.sizeBytes),
      ]),
      total: [
        'Sum',
        '',
        formatCount(sum(({ items }) => items)),
        ...shown.map((fate) => formatCount(sum(({ fates }) => fates[fate]))),
        formatBytes(sum(({ sizeBytes }) => sizeBytes)),
      ],
    },
  }
}

function passesSection({ passes }: ReportInput): ReportSection {
  return {
    title: 'Passes',
    sentences: [],
    table: {
      columns: columns('#Pass', 'Started', 'Ended', 'Result'),
      rows: passes.map(({ number, startedAtMs, endedAtMs, result }) => [
        formatCount(number),
        formatInstant(startedAtMs),
        endedAtMs === undefined ? 'did not end' : formatInstant(endedAtMs),
        { foreign: result ?? '' },
      ]),
    },
  }
}

function certificateSection({ certificate, noun }: ReportInput): ReportSection | undefined {
  if (certificate === undefined) return undefined
  return {
    title: 'Certificate',
    sentences: [
      `The certificate names every ${noun} with its fate and digest and is signed. Anybody can check it without the servers ` +
        'and without the ledger: mailvan certificate verify FILE.',
      'It proves that nothing in it was changed since it was signed. Compare the fingerprint below with the one the checker shows.',
    ],
    table: {
      columns: columns('File', 'Fingerprint of the key'),
      rows: [[{ foreign: certificate.file }, keyIdText(certificate.keyId)]],
    },
  }
}

function countTitle(noun: ItemNoun): string {
  return noun === 'item' ? '#Items' : '#Messages'
}

/** A title that begins with `#` is of a column of numbers. */
function columns(...titles: readonly string[]): ReportTable['columns'] {
  return titles.map((title) => ({ title: title.replace(/^#/, ''), isNumber: title.startsWith('#') }))
}
