/** A text as the value of a line (RFC 6350 section 3.4): backslash, comma, semicolon and line ends escaped. */
export function escapeText(text: string): string {
  return text.replace(/[\\,;]|\r\n|[\r\n]/g, (found) => (found === '\r\n' || found < ' ' ? '\\n' : `\\${found}`))
}

/** The text of a value; a backslash before any other character goes, as most programs read it. */
export function unescapeText(value: string): string {
  return value.replace(/\\([\s\S])/g, (_, character: string) => (character === 'n' || character === 'N' ? '\n' : character))
}

/** The parts of a value between separators that are not escaped; the parts are still escaped. */
function splitValue(value: string, separator: ';' | ','): readonly string[] {
  const parts: string[] = []
  let start = 0
  for (let index = 0; index < value.length; index++) {
    if (value[index] === '\\') index++
    else if (value[index] === separator) {
      parts.push(value.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, value.slice(start)]
}

/** The texts of a list (`CATEGORIES:work,friends`) without blank ones. */
export function listTexts(value: string): readonly string[] {
  return splitValue(value, ',')
    .map((part) => unescapeText(part).trim())
    .filter((text) => text !== '')
}

/** The components of `N`, `ADR`, `ORG`: several texts in one component become one, joined by `joint`. */
export function componentTexts(value: string, joint: string): readonly string[] {
  return splitValue(value, ';').map((component) => {
    const parts = splitValue(component, ',')
    return parts.length === 1 ? unescapeText(component) : listTexts(component).join(joint)
  })
}

/** The value of components: `Fort;Garth;;;`. */
export function toComponents(texts: readonly (string | undefined)[]): string {
  return texts.map((text) => escapeText(text ?? '')).join(';')
}
