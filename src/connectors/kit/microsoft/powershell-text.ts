import { splitDeceptive } from '../../../core/report/visible-text.ts'

/**
 * A text as PowerShell writes it, so that nothing in it is a command: in single quotes, of which each one in it, typographic
 * ones included, is doubled (about_Quoting_Rules; the language takes U+2018 to U+201B for quotes). What a terminal or a page
 * could hide is spelled by its number.
 */
export function powershellText(text: string): string {
  const parts = splitDeceptive(text).map(({ plain, deceptive }) => {
    return deceptive === undefined ? `'${plain.replace(/['\u2018-\u201b]/g, '$&$&')}'` : `[char]0x${deceptive.toString(16)}`
  })
  if (parts.length === 0) return "''"
  // A text has to stand in front, or the numbers would be added up.
  const joined = parts[0]?.startsWith('[') === true ? ["''", ...parts] : parts
  return joined.length === 1 ? joined[0]! : `(${joined.join(' + ')})`
}
