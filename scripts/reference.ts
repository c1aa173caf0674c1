import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { referencePages } from './reference-pages.ts'

/** `npm run reference`: writes the generated pages below docs/reference. */
const root = path.resolve(import.meta.dirname, '..')
for (const [name, text] of referencePages(root)) {
  const file = path.join(root, 'docs/reference', name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}
