import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A file of `src` and what it imports, types included. */
export interface SourceFile {
  /** Below `src`, with forward slashes. */
  readonly name: string
  readonly text: string
  readonly imports: readonly string[]
}

const root = path.resolve(import.meta.dirname, '../../../src')
const imported = /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*(?:\{[^}]*\}[^'"\n;]*)?\bfrom\s*['"]([^'"]+)['"]/g
const importedForEffect = /(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g
const importedLater = /\b(?:import|require|createRequire\([^)]*\))\(\s*['"]([^'"]+)['"]\s*\)/g

/** Every TypeScript file of `src`. */
export function readSourceFiles(): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const text = readFileSync(path.join(root, name), 'utf8')
      return { name: name.split(path.sep).join('/'), text, imports: importsOf(text) }
    })
}

/** The specifiers that a file imports, statically or later. */
export function importsOf(text: string): readonly string[] {
  return [imported, importedForEffect, importedLater].flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => match[1] as string),
  )
}
