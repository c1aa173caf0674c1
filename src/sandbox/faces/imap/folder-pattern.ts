/**
 * Whether a LIST pattern fits names (RFC 3501 section 6.3.8): `*` is anything, `%` anything without a separator. Case does
 * not matter. Takes time in proportion to pattern and name, whatever they are.
 */
export function folderPattern(pattern: string): (name: string) => boolean {
  const tokens = [...pattern.toLowerCase().replace(/[*%]*\*[*%]*/g, '*').replace(/%+/g, '%')]
  return (name) => {
    let places = withSkips(tokens, new Set([0]))
    for (const character of name.toLowerCase()) {
      const next = new Set<number>()
      for (const place of places) {
        const token = tokens[place]
        if (token === '*' || (token === '%' && character !== '/')) next.add(place)
        else if (token === character) next.add(place + 1)
      }
      places = withSkips(tokens, next)
    }
    return places.has(tokens.length)
  }
}

/** A wildcard may stand for nothing. */
function withSkips(tokens: readonly string[], places: Set<number>): Set<number> {
  for (const place of places) if (tokens[place] === '*' || tokens[place] === '%') places.add(place + 1)
  return places
}
