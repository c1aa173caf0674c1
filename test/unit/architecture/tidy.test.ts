import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSourceFiles } from './source-files.ts'

const files = readSourceFiles()
const refusedNames = /(?:^|[-/])(?:utils?|helpers?|common|misc|manager|service)(?:[-.]|$)/
const linesMax = 500

describe('tidiness', () => {
  it('files are named for what is in them', () => {
    expect(files.map((file) => file.name).filter((name) => refusedNames.test(name))).toEqual([])
    expect(files.map((file) => path.basename(file.name)).filter((name) => !/^[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(name))).toEqual([])
  })

  it('files stay small', () => {
    expect(files.filter((file) => file.text.split('\n').length > linesMax).map((file) => file.name)).toEqual([])
  })

  it('only a connector knows its kind', () => {
    const asking = files.filter((file) => !file.name.startsWith('connectors/') && /kind === '(?:imap|archive|graph|memory)'/.test(file.text))
    expect(asking.map((file) => file.name)).toEqual([])
  })

  it('exported names say what they promise', () => {
    const undocumented = files.flatMap((file) =>
      [...file.text.matchAll(/(^|\n)(?:.*\n)?export (?:async )?(?:function\*?|class|interface|type|const) (\w+)/g)]
        .filter((match) => !isDocumented(file.text, match.index + (match[0].length - (match[0].split('\n').at(-1)?.length ?? 0))))
        .map((match) => `${file.name}: ${match[2]}`),
    )
    // A handful of ids and records speak for themselves; this may only go down.
    expect(undocumented.length, undocumented.join('\n')).toBeLessThanOrEqual(40)
  })

  it('no path of a machine and no leftover stands in the sources', () => {
    const leftovers = files.filter((file) => /\b(?:TODO|FIXME|XXX)\b|@ts-ignore|@ts-nocheck|\bas any\b/.test(file.text))
    expect(leftovers.map((file) => file.name)).toEqual([])
  })
})

function isDocumented(text: string, at: number): boolean {
  return /\*\/\s*$/.test(text.slice(0, at))
}
