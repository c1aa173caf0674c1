import { UsageError } from '../usage-error.ts'

/**
 * The names in a path written with slashes, `Archive/2024`; a backslash makes the next character part of a name
 * (`A\/B` is one folder). Throws `UsageError`; `option` names the place.
 */
export function parseFolderPath(text: string, option: string): readonly string[] {
  const names = splitUnescaped(text, '/').map(unescape)
  if (names.some((name) => name === '')) {
    throw new UsageError(
      'folder',
      `${option}: "${text}" has an empty folder name.`,
      'Write the names with one slash between them, as in Archive/2024, and \\/ for a slash that belongs to a name.',
    )
  }
  return names
}

/** `FROM=TO` as two paths, split at the first `=` that no backslash stands before. */
export function parseFolderMap(text: string, option: string): { from: readonly string[]; to: readonly string[] } {
  const [from, ...rest] = splitUnescaped(text, '=')
  if (from === undefined || from === '' || rest.length === 0 || rest.join('') === '') {
    throw new UsageError('folder-map', `${option}: "${text}" is not FROM=TO.`, `Write for example ${option} "Sent Items=Sent".`)
  }
  return { from: parseFolderPath(from, option), to: parseFolderPath(rest.join('='), option) }
}

function splitUnescaped(text: string, separator: '/' | '='): string[] {
  const parts: string[] = ['']
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (character === separator) parts.push('')
    else parts[parts.length - 1] += character === '\\' ? character + text.charAt(++index) : character
  }
  return parts
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gsu, '$1')
}
