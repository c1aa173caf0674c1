import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { importRules } from './import-rules.ts'
import { importsOf, readSourceFiles } from './source-files.ts'
import { undeclaredEdges } from './undeclared-edges.ts'

const files = readSourceFiles()
const architecture = readFileSync(path.resolve(import.meta.dirname, '../../../ARCHITECTURE.md'), 'utf8')

describe('import rules', () => {
  it('sees the files and their imports', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(files.length)
  })

  it('allow every import there is', () => {
    expect(undeclaredEdges(files)).toEqual([])
  })

  it.each([
    ['core/pass/run-pass.ts', '../../connectors/imap/index.ts'],
    ['core/pass/run-pass.ts', 'node:fs'],
    ['core/pass/run-pass.ts', 'kysely'],
    ['formats/mbox/reader.ts', '../../core/pass/run-pass.ts'],
    ['connectors/imap/source.ts', '../archive/source.ts'],
    ['connectors/imap/source.ts', '../../store/open-store.ts'],
    ['connectors/imap/protocol/wire.ts', '../config.ts'],
    ['store/open-store.ts', '../control/home.ts'],
    ['control/run-mailbox.ts', '../connectors/imap/index.ts'],
    ['cli/main.ts', '../store/open-store.ts'],
    ['sandbox/samples/index.ts', '../../core/model/item.ts'],
    ['elsewhere/file.ts', '../core/errors.ts'],
  ])('refuse that %s imports %s', (name, specifier) => {
    expect(undeclaredEdges([{ name, text: '', imports: [specifier] }])).toHaveLength(1)
  })

  it('are found in every form of import', () => {
    const text = [
      "import type { A } from './a.ts'",
      "import {\n  b,\n  c,\n} from './b.ts'",
      "export * from './c.ts'",
      "export { d } from './d.ts'",
      "import './e.ts'",
      "const f = await import('./f.ts')",
    ].join('\n')
    expect([...importsOf(text)].sort()).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts'])
  })

  it.each(importRules.map((rule) => rule.folder))('name %s in ARCHITECTURE.md', (folder) => {
    expect(architecture).toContain(`\`${folder}\``)
  })
})
