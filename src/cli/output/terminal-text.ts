/**
 * What could move the cursor, recolour the screen, reorder or hide the text around it: controls, line and paragraph
 * separators, bidirectional marks, invisible format characters and lone surrogates.
 */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/gu

/** Text from mail or from a server as it may be shown on a terminal: one line, every unsafe character as `\u{...}`. */
export function toTerminalText(text: string): string {
  return text.replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** The same for a folder's names, joined by slashes; a slash within a name is written `\/`. */
export function toTerminalPath(path: readonly string[]): string {
  return toTerminalText(path.map((name) => name.replaceAll('/', '\\/')).join('/'))
}

/** Where an item is: its folder at the source, and the target's beside it where that is called otherwise. */
export function toPlaceText({ path, targetPath }: { readonly path: readonly string[]; readonly targetPath?: readonly string[] }): string {
  return targetPath === undefined ? toTerminalPath(path) : `${toTerminalPath(path)} (at the target ${toTerminalPath(targetPath)})`
}

let segmenter: Intl.Segmenter | undefined

function* graphemes(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  for (const { segment } of segmenter.segment(text)) yield segment
}

const wide =
  /^(?:\p{Emoji_Presentation}|\p{RI}\p{RI}|.*\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/su
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

/** Columns that safe text takes on a terminal. */
export function cellWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let cells = 0
  for (const grapheme of graphemes(text)) cells += invisible.test(grapheme) ? 0 : wide.test(grapheme) ? 2 : 1
  return cells
}

/** Safe text cut to at most `cellsMax` columns, with an ellipsis where something was left out. */
export function fitCells(text: string, cellsMax: number): string {
  if (cellWidth(text) <= cellsMax) return text
  let fitted = ''
  let cells = 1
  for (const grapheme of graphemes(text)) {
    cells += cellWidth(grapheme)
    if (cells > cellsMax) break
    fitted += grapheme
  }
  return cellsMax < 1 ? '' : `${fitted}…`
}

/** Safe text filled with spaces to `cells` columns. */
export function padCells(text: string, cells: number, side: 'left' | 'right' = 'right'): string {
  const fill = ' '.repeat(Math.max(0, cells - cellWidth(text)))
  return side === 'left' ? fill + text : text + fill
}

/** Safe text in lines of at most `cellsMax` columns, broken between words; a longer word stands alone. */
export function wrapCells(text: string, cellsMax: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line === '') line = word
    else if (cellWidth(line) + 1 + cellWidth(word) <= cellsMax) line += ` ${word}`
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}
