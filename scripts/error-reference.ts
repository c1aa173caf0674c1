import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** An error code with what the sources say beside it. */
export interface DocumentedCode {
  readonly code: string
  readonly kind: string
  readonly message: string
  readonly hint: string
}

const kinds = new Set(['transient', 'throttled', 'item', 'auth', 'config'])
const codePattern =
  /^(?:imap|store|verify|guard|rules|certificate|signing-key|password|home|items|ledger|transfer|core|http|microsoft|graph|exchange|endpoint|provision)\.[a-z0-9.-]+[a-z0-9]$/
const literalPattern = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g
const fileNames = /\.(?:pem|ts|js|md|json|jsonl|sqlite|com|us|cn)$/
/** Where nothing stands beside a code, its family says what it touches. */
const kindsByFamily: Readonly<Record<string, string>> = { store: 'config', verify: 'item', imap: 'config' }

/** Every error code in the sources below `root`, sorted; the first place that speaks of a code counts. */
export function findErrorCodes(root: string): readonly DocumentedCode[] {
  const found = new Map<string, DocumentedCode>()
  const add = (one: DocumentedCode): void => {
    const known = found.get(one.code)
    if (known === undefined || (known.message === '' && one.message !== '')) found.set(one.code, one)
  }
  for (const name of globSync('src/**/*.ts', { cwd: root }).sort()) {
    const text = readFileSync(path.join(root, name), 'utf8')
    for (const one of literalCodes(text)) add(one)
    for (const one of usageCodes(text)) add(one)
  }
  for (const one of archiveCodes(readFileSync(path.join(root, 'src/connectors/archive/errors.ts'), 'utf8'))) add(one)
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** The reference page of the error codes. */
export function toErrorReference(codes: readonly DocumentedCode[]): string {
  return [
    '# Error codes',
    '',
    'Made by `npm run reference` from the sources; a test fails when a code is missing here. `…` stands for what differs',
    'from case to case.',
    '',
    '| kind | what Mailvan does |',
    '|---|---|',
    '| transient | waits a little and tries again, a bounded number of times |',
    '| throttled | waits as long as the server asks, and uses fewer sessions |',
    '| item | fails this one message and goes on |',
    '| auth, config | stops and asks a person: exit code 2 |',
    '| usage | does nothing: exit code 3 |',
    '',
    '| code | kind | what it says | what to do |',
    '|---|---|---|---|',
    ...codes.map(({ code, kind, message, hint }) => `| \`${code}\` | ${kind} | ${cell(message)} | ${cell(hint)} |`),
    '',
  ].join('\n')
}

function literalCodes(text: string): readonly DocumentedCode[] {
  const constants = new Map([...text.matchAll(/const (\w+) = '((?:[^'\\]|\\.)*)'/g)].map((match) => [match[1], match[2]]))
  const literals = [...text.matchAll(literalPattern)]
  return literals.flatMap((match, at) => {
    const code = match[1] ?? ''
    if (!codePattern.test(code) || fileNames.test(code)) return []
    const before = literals.slice(Math.max(0, at - 4), at).toReversed()
    const kind = before.find((one) => kinds.has(one[1] ?? '') && match.index - one.index < 400)?.[1]
    const rest = text.slice(match.index + match[0].length, match.index + 900)
    const [message = '', hint = ''] = sentencesUntilNextCode(rest)
    const named = constants.get(/hint: (\w+),/.exec(rest.slice(0, 500))?.[1])
    const family = code.split('.')[0] ?? ''
    return [{ code, kind: kind ?? kindsByFamily[family] ?? 'config', message, hint: named ?? hint }]
  })
}

function usageCodes(text: string): readonly DocumentedCode[] {
  return [...text.matchAll(/new UsageError\(\s*'([a-z-]+)',/g)].map((match) => {
    const [message = '', hint = ''] = sentencesUntilNextCode(text.slice(match.index + match[0].length, match.index + 700))
    return { code: `usage.${match[1]}`, kind: 'usage', message, hint }
  })
}

/** The archive's table: own names, and names that stand for what the system said. */
function archiveCodes(text: string): readonly DocumentedCode[] {
  return [...text.matchAll(/^ {2}(?:'([a-z.-]+)'|[A-Z]+): \[\s*'(\w+)',\s*(.*?)\],$/gms)].map((match) => {
    const parts = literalsOf(match[3] ?? '')
    const [name = '', message = '', hint = ''] = match[1] === undefined ? [parts[0], `The path ${parts[1]}.`, parts[2]] : [match[1], ...parts]
    return { code: `archive.${name}`, kind: match[2] ?? '', message, hint }
  })
}

function sentencesUntilNextCode(text: string): readonly string[] {
  const sentences: string[] = []
  for (const literal of literalsOf(text)) {
    if (codePattern.test(literal) || sentences.length === 2) break
    if (literal.includes(' ')) sentences.push(literal)
  }
  return sentences
}

function literalsOf(text: string): readonly string[] {
  return [...text.matchAll(literalPattern)].map((match) => match[1] ?? match[2] ?? '')
}

function cell(text: string): string {
  const spoken = text.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}|\{\}/g, '…').replace(/\\(['\\])/g, '$1')
  const escaped = spoken.replace(/[|<>*_]/g, '\\$&')
  return escaped === '' || /[.!?…]$/.test(escaped) ? escaped : `${escaped}.`
}
