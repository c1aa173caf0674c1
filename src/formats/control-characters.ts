/** C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of text. */
const controls = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu

/** `text` without the characters that could move a terminal's cursor, break a line or show text in another order. */
export function removeControls(text: string): string {
  return text.replace(controls, '')
}
