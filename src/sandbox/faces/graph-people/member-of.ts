/** A member of an enumeration as Graph writes it, from a text in any case; `text` has passed `oneOf` already. */
export function memberOf<const M extends readonly string[]>(members: M, text: string): M[number] {
  return members.find((member) => member.toLowerCase() === text.toLowerCase()) ?? (text as M[number])
}
