/** Characters that are not taken for one another, of three kinds. */
const kinds = ['abcdefghijkmnpqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789'] as const
const groups = 4
const groupLength = 5

/**
 * A password of 20 random characters in groups (about 116 bits), with small and capital letters, digits and dashes, so that
 * Entra's rule of three kinds holds. `randomBytes` gives bytes that nobody can guess.
 */
export function makeInitialPassword(randomBytes: (size: number) => Uint8Array): string {
  for (;;) {
    const characters = [...randomCharacters(randomBytes, groups * groupLength)]
    const hasAllKinds = kinds.every((kind) => characters.some((character) => kind.includes(character)))
    if (!hasAllKinds) continue
    const parts = Array.from({ length: groups }, (_, at) => characters.slice(at * groupLength, (at + 1) * groupLength).join(''))
    return parts.join('-')
  }
}

/** Every character is as likely as another: bytes beyond the last whole multiple are drawn again. */
function* randomCharacters(randomBytes: (size: number) => Uint8Array, count: number): Generator<string> {
  const alphabet = kinds.join('')
  const limit = 256 - (256 % alphabet.length)
  for (let given = 0; given < count; ) {
    for (const byte of randomBytes(count)) {
      if (byte >= limit || given === count) continue
      given++
      yield alphabet[byte % alphabet.length] as string
    }
  }
}
