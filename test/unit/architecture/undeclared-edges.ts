import path from 'node:path'
import { type ImportRule, importRules } from './import-rules.ts'
import type { SourceFile } from './source-files.ts'

/** What breaks the table, as sentences. A file in a folder that the table does not know breaks it too. */
export function undeclaredEdges(files: readonly SourceFile[], rules: readonly ImportRule[] = importRules): string[] {
  return files.flatMap((file) => {
    const rule = ruleFor(file.name, rules)
    if (rule === undefined) return [`${file.name} is in a folder that the table does not name`]
    return file.imports.filter((specifier) => !isDeclared(specifier, file.name, rule, rules)).map(
      (specifier) => `${file.name} imports ${specifier}, which ${rule.folder} may not`,
    )
  })
}

function ruleFor(name: string, rules: readonly ImportRule[]): ImportRule | undefined {
  return rules
    .filter((rule) => name.startsWith(`${rule.folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0]
}

function isDeclared(specifier: string, from: string, rule: ImportRule, rules: readonly ImportRule[]): boolean {
  if (specifier.startsWith('node:')) return rule.node === 'any' || rule.node.includes(specifier.slice(5).split('/')[0] as string)
  if (!specifier.startsWith('.')) {
    const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
    return rule.packages.includes(name)
  }
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier))
  if (target.startsWith('..')) return specifier.endsWith('package.json')
  const owner = ruleFor(target, rules)
  if (owner?.folder === rule.folder) return true
  // A folder's parts with a rule of their own still belong to it, not the other way round.
  if (owner !== undefined && owner.folder.startsWith(`${rule.folder}/`) && rule.folder !== 'connectors') return true
  return rule.own.some((allowed) => target === allowed || target.startsWith(`${allowed}/`))
}
