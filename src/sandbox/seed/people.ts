/** Someone who works at a seeded tenant. */
export interface Person {
  readonly givenName: string
  readonly surname: string
  readonly jobTitle: string
  /** Names the default folders of the mailbox. */
  readonly language: string
}

/** The first people of every seeded tenant; names with and without letters beyond ASCII. */
const people: readonly Person[] = [
  { givenName: 'Anna', surname: 'Berg', jobTitle: 'Managing Director', language: 'en-US' },
  { givenName: 'Jürgen', surname: 'Müller', jobTitle: 'Vertriebsleiter', language: 'de-DE' },
  { givenName: 'Chloé', surname: 'Lefèvre', jobTitle: 'Comptable', language: 'fr-FR' },
  { givenName: 'Tomás', surname: 'Ó Briain', jobTitle: 'Engineer', language: 'en-US' },
  { givenName: 'Ewa', surname: 'Łuczak', jobTitle: 'Purchasing', language: 'en-US' },
  { givenName: 'Samir', surname: 'Haddad', jobTitle: 'Support', language: 'fr-FR' },
  { givenName: 'Ines', surname: 'Krüger', jobTitle: 'Projektleitung', language: 'de-DE' },
  { givenName: 'Noah', surname: 'Smith', jobTitle: 'Consultant', language: 'en-US' },
]

/** As many people as wanted; after the named ones they are numbered. */
export function peopleOf(count: number): readonly (Person & { readonly alias: string })[] {
  return Array.from({ length: count }, (_, index) => {
    const person = people[index % people.length] as Person
    const round = Math.floor(index / people.length)
    const alias = toAlias(person)
    return round === 0 ? { ...person, alias } : { ...person, surname: `${person.surname} ${round + 1}`, alias: `${alias}${round + 1}` }
  })
}

const foreign: Readonly<Record<string, string>> = { ü: 'ue', ö: 'oe', ä: 'ae', ß: 'ss', ł: 'l' }

function toAlias({ givenName, surname }: Person): string {
  const plain = `${givenName}.${surname}`.toLowerCase().replace(/[üöäßł]/g, (letter) => foreign[letter] ?? letter)
  return plain.normalize('NFD').replace(/[^a-z.]/g, '')
}
