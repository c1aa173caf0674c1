import { itemNounBetween } from '../../control/item-noun.ts'
import { openHomeStore } from '../../control/home-store.ts'
import { selectLedgers } from '../../control/mailbox-standing.ts'
import { latestRecords } from '../../control/records.ts'
import { keyIdText, verifyCertificateFile } from '../../control/verify-certificate.ts'
import type { CertificateVerdict } from '../../control/verify-certificate.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { homeOf } from '../home-of.ts'
import type { CommonOptions } from '../options.ts'
import { formatBytes, formatCount, formatNoun } from '../output/format-units.ts'
import { styleFor } from '../output/style.ts'
import type { Style } from '../output/style.ts'
import { toTerminalText } from '../output/terminal-text.ts'
import { givenSides } from './given-pair.ts'

/** `mailvan certificate verify`. Gives the exit code: 1 for a certificate that does not hold. */
export async function certificateVerifyCommand(
  file: string,
  options: CommonOptions & { readonly key?: string },
  environment: Environment,
): Promise<number> {
  const verdict = await verifyCertificateFile(file, options.key)
  const style = styleFor(environment.output, environment.env)
  environment.output.write(options.json === true ? `${JSON.stringify({ type: 'certificate', file, ...verdict })}\n` : toText(file, verdict, style))
  return verdict.valid ? exitCodes.complete : exitCodes.failedItems
}

/** `mailvan certificate show`. Gives the exit code. */
export async function certificateShowCommand(
  given: { readonly source: string | undefined; readonly target: string | undefined; readonly options: CommonOptions },
  environment: Environment,
): Promise<number> {
  const { options, source, target } = given
  const named = source === undefined ? undefined : await givenSides(source, target)
  const home = homeOf(options, environment)
  const store = await openHomeStore(home, { mustExist: true })
  try {
    for (const ledger of await selectLedgers(store, named)) {
      const { certificateFile } = await latestRecords(home, ledger)
      const { sourceUrl, targetUrl } = ledger.name
      if (options.json === true) {
        const object = { type: 'certificate', source: sourceUrl, target: targetUrl, file: certificateFile ?? null }
        environment.output.write(`${JSON.stringify(object)}\n`)
      } else {
        const where = certificateFile === undefined ? 'none yet: it is written when a pass finishes' : toTerminalText(certificateFile)
        environment.output.write(`${toTerminalText(sourceUrl)} to ${toTerminalText(targetUrl)}\n  ${where}\n`)
      }
    }
  } finally {
    await store.close()
  }
  return exitCodes.complete
}

const fateWords = {
  migrated: 'migrated',
  alreadyThere: 'already there',
  skipped: 'skipped',
  failed: 'failed',
  gone: 'gone',
  pending: 'pending',
} as const

function toText(file: string, verdict: CertificateVerdict, style: Style): string {
  const lines: string[] = []
  if (verdict.valid) lines.push(`${style.paint('green', style.signs.done)} ${toTerminalText(file)} holds: not a byte differs from what was signed.`)
  else {
    lines.push(`${style.paint('red', style.signs.failed)} ${toTerminalText(file)} does not hold.`)
    lines.push(...verdict.problems.map((problem) => `  ${toTerminalText(problem)}`))
  }
  const { header, statement, keyId, signer } = verdict
  if (header !== undefined) {
    lines.push('', `  ${toTerminalText(header.source)} ${style.signs.arrow} ${toTerminalText(header.target)}`)
    lines.push(`  pass ${header.pass}, ended ${new Date(header.endedAtMs).toISOString()}, verified by ${header.verification}`)
  }
  if (statement !== undefined) {
    lines.push(`  ${formatNoun(statement.items, header === undefined ? 'item' : itemNounBetween(header.source, header.target))}, ${formatBytes(statement.sizeBytes)}`)
    const fates = Object.entries(fateWords).map(([fate, words]) => [words, statement.fates[fate as keyof typeof fateWords]] as const)
    lines.push(...fates.filter(([, count]) => count > 0).map(([words, count]) => `    ${words.padEnd(14)}${formatCount(count)}`))
  }
  if (keyId !== undefined) {
    const note = signer === 'expected' ? ' (the expected one)' : signer === 'other' ? ' (not the expected one)' : ''
    lines.push(`  signed by the key${note}`, `    ${keyIdText(keyId)}`)
    if (signer === 'not-compared') lines.push('  Compare this with what whoever ran the migration tells you, or give it by --key.')
  }
  return `${lines.join('\n')}\n`
}
