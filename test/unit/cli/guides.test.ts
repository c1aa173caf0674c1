import { readdirSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { makeProgram } from '../../../src/cli/program.ts'
import type { Environment } from '../../../src/cli/environment.ts'

const guides = new URL('../../../docs/guides/', import.meta.url)
const program = makeProgram({ env: {} } as Environment, () => undefined)

/** The commands in the blocks of a guide, each on one line and without its remark. */
function commandsIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, block]) => block!.replaceAll(/\\\n/g, ' '))
  return blocks.flatMap((block) => block.split('\n')).flatMap((line) => /^(?:\$ )?(?:npx )?mailvan (.*?)(?:\s+#.*)?$/.exec(line)?.[1] ?? [])
}

/** Words of a line that name nothing the program knows. */
function unknownIn(line: string): readonly string[] {
  let command: Command = program
  const unknown: string[] = []
  for (const word of line.split(/\s+/)) {
    const next = command.commands.find((one) => one.name() === word)
    if (next !== undefined) command = next
    else if (word.startsWith('--') && !command.options.some(({ long }) => long === word.split('=')[0])) unknown.push(`${command.name()} ${word}`)
  }
  return command === program ? [line] : unknown
}

describe('the guides', () => {
  const files = readdirSync(guides).filter((name) => name.endsWith('.md'))

  test.each(files)('%s has only commands and options that there are', (name) => {
    expect(commandsIn(readFileSync(new URL(name, guides), 'utf8')).flatMap(unknownIn)).toEqual([])
  })

  test('have commands at all', () => {
    expect(files.flatMap((name) => commandsIn(readFileSync(new URL(name, guides), 'utf8'))).length).toBeGreaterThan(20)
    expect(unknownIn('match fabrikam contoso --domain a=b')).toEqual(['match --domain'])
  })
})
