import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { makeProgram } from '../../../src/cli/program.ts'
import { collect } from './run-in-process.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const files = ['README.md', ...readdirSync(path.join(root, 'docs/guides')).map((file) => `docs/guides/${file}`)]

/** The commands in a page's blocks of code, lines that go on put together, remarks left out. */
function commandsOf(file: string): readonly string[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, block = '']) => block.replaceAll(/\\\n\s*/g, ' '))
  return blocks.flatMap((block) => block.split('\n')).flatMap((line) => /^\s*(?:\$ )?(?:npx )?(mailvan .*?)(?:\s+#.*)?$/.exec(line)?.[1] ?? [])
}

/** Which words of a command there are not. */
function unknownOf(program: Command, text: string): readonly string[] {
  const words = text.replaceAll(/'[^']*'|"[^"]*"/g, 'X').split(/\s+/).slice(1)
  let command = program
  while (words[0] !== undefined && command.commands.length > 0) {
    const next = command.commands.find((one) => one.name() === words[0] || one.aliases().includes(words[0] as string))
    if (next === undefined) return words[0].startsWith('-') ? [] : [words[0]]
    command = next
    words.shift()
  }
  const known = new Set([...command.options, ...program.options].flatMap(({ long, short }) => [long, short]))
  return words.filter((word) => /^--?[a-z]/.test(word) && word !== '--help' && word !== '-h').filter((word) => !known.has(word.split('=')[0]))
}

const program = makeProgram(
  { env: {}, input: process.stdin, output: collect().stream, errors: collect().stream, signal: new AbortController().signal, secrets: new Set() },
  () => undefined,
)

describe.each(files.filter((file) => commandsOf(file).length > 0))('%s', (file) => {
  it('has only commands and options that there are', () => {
    expect(commandsOf(file).map((text) => ({ text, unknown: unknownOf(program, text) })).filter(({ unknown }) => unknown.length > 0)).toEqual([])
  })
})

it('a command that there is not is found', () => {
  expect(['mailvan match a b --domain x=y', 'mailvan endpoint mend x', 'mailvan nothing', 'mailvan match a b --csv "--odd"'].map((text) => unknownOf(program, text))).toEqual([
    ['--domain'],
    ['mend'],
    ['nothing'],
    [],
  ])
})
