import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import type { RecipientMap } from '../../core/model/recipient-map.ts'
import { UsageError } from '../usage-error.ts'

const domain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/
const address = /^[^\s@,;<>"]+@[^\s@,;<>"]+$/
const fileBytesMax = 64 * 1024 * 1024

/**
 * Old and new addresses: `OLD=NEW` for domains, and a file with a row of old and new address each, in any delimiter; a first
 * row without addresses names the columns. Undefined when nothing is mapped. Throws `UsageError`, naming option, or file and
 * line.
 */
export function parseRecipientMap(domainLines: readonly string[], file: string | undefined): RecipientMap | undefined {
  if (domainLines.length === 0 && file === undefined) return undefined
  return { domains: parseDomains(domainLines), addresses: file === undefined ? {} : readAddresses(file) }
}

function parseDomains(lines: readonly string[]): RecipientMap['domains'] {
  const domains = new Map<string, string>()
  for (const line of lines) {
    const [from = '', to = '', ...rest] = line.toLowerCase().split('=').map((part) => part.trim().replace(/^@/, ''))
    if (rest.length > 0 || !domain.test(from) || !domain.test(to)) {
      throw new UsageError('recipient-map', `--map-domain: "${line}" is not OLD=NEW.`, 'Write for example --map-domain old.example=new.example.')
    }
    if (domains.has(from)) throw new UsageError('recipient-map', `--map-domain maps ${from} twice.`, 'Name each old domain once.')
    domains.set(from, to)
  }
  return Object.fromEntries(domains)
}

function readAddresses(file: string): RecipientMap['addresses'] {
  const text = readText(file)
  const addresses = new Map<string, string>()
  const { data } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { skipEmptyLines: 'greedy' })
  for (const [at, row] of data.entries()) {
    const [from = '', to = ''] = row.map((cell) => cell.trim())
    const isRow = address.test(from) && address.test(to)
    // A first row without an address names the columns.
    if (!isRow && at === 0 && !row.some((cell) => cell.includes('@'))) continue
    if (!isRow) throw faulty(file, at + 1, 'does not hold an old and a new address')
    if (addresses.has(from.toLowerCase())) throw faulty(file, at + 1, 'maps an address that an earlier row maps')
    addresses.set(from.toLowerCase(), to)
  }
  return Object.fromEntries(addresses)
}

function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length <= fileBytesMax) return text
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new UsageError('recipient-map', `--map-addresses: ${file} cannot be read (${code}).`, 'Name a file with a row of old and new address each.', error)
  }
  throw new UsageError('recipient-map', `--map-addresses: ${file} is too large.`, 'Name a file of at most 64 MB.')
}

function faulty(file: string, row: number, what: string): UsageError {
  return new UsageError('recipient-map', `--map-addresses: row ${row} of ${file} ${what}.`, 'Write each row as old@old.example,new@new.example.')
}
