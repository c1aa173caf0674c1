/**
 * What an item's bytes are. `mail`: RFC 5322, with date and keywords beside it. `exchange`: Exchange's own stream of a whole
 * object (MS-OXCFXICS), of whatever type, with everything in it.
 */
export type Form = 'mail' | 'exchange'

/**
 * Whether date and keywords are part of the bytes: then nothing is carried beside them, and a changed item is written anew.
 * A side that names no form gives and takes mail.
 */
export function travelsWhole({ form }: { readonly form?: Form }): boolean {
  return form === 'exchange'
}

/** What a person calls what travels: messages where all of it is mail. */
export type ItemNoun = 'message' | 'item'

/** The word for items of a form; without one they are mail. */
export function itemNounOf(form: Form | undefined): ItemNoun {
  return form === 'exchange' ? 'item' : 'message'
}

/** The first of `given` that is also taken; undefined when the two sides have no form in common. */
export function bestCommonForm(given: readonly Form[], taken: readonly Form[]): Form | undefined {
  return given.find((form) => taken.includes(form))
}
