/**
 * What could recolour, reorder or hide the text around it: controls, line and paragraph separators, bidirectional
 * marks, invisible format characters and halves of a surrogate pair.
 */
const deceptive =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu

/**
 * Text from mail or from a server on one line, with everything deceptive spelled out as `\u{...}`, cut to a bearable
 * length.
 */
export function visibleText(text: string, lengthMax = 300): string {
  // Cut first, generously: a spelled-out character is longer than itself, and the text may be a megabyte.
  const characters = Array.from(text.slice(0, lengthMax * 2))
  const kept = characters.slice(0, lengthMax).join('')
  const shown = kept.replace(deceptive, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
  return characters.length > lengthMax || text.length > lengthMax * 2 ? `${shown}\u2026` : shown
}

/** A text in pieces: plain ones, and between them each character that is deceptive, by its number. */
export function splitDeceptive(text: string): readonly { readonly plain: string; readonly deceptive?: number }[] {
  const pieces: { readonly plain: string; readonly deceptive?: number }[] = []
  let at = 0
  for (const { 0: character, index } of text.matchAll(deceptive)) {
    if (index > at) pieces.push({ plain: text.slice(at, index) })
    pieces.push({ plain: '', deceptive: character.codePointAt(0)! })
    at = index + character.length
  }
  return at < text.length ? [...pieces, { plain: text.slice(at) }] : pieces
}

/** A folder's names joined by slashes, with a slash within a name as `\/`; not yet visible text. */
export function joinPath(path: readonly string[]): string {
  return path.map((name) => name.replaceAll('/', '\\/')).join('/')
}
