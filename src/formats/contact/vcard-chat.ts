import { contactLimits } from './contact.ts'
import { textLine, type VcardLine } from './vcard-line.ts'
import { unescapeText } from './vcard-value.ts'

/** Properties of single services, from before `IMPP`, and the scheme that says the same. */
const services: Readonly<Record<string, string>> = {
  'X-AIM': 'aim',
  'X-GADUGADU': 'gg',
  'X-GOOGLE-TALK': 'gtalk',
  'X-GTALK': 'gtalk',
  'X-ICQ': 'icq',
  'X-JABBER': 'xmpp',
  'X-MSN': 'msnim',
  'X-QQ': 'qq',
  'X-SAMETIME': 'sametime',
  'X-SKYPE': 'skype',
  'X-SKYPE-USERNAME': 'skype',
  'X-YAHOO': 'ymsgr',
  'X-YAHOO-ID': 'ymsgr',
}

/** Whether a line is a chat address. */
export function isChatLine({ name }: VcardLine): boolean {
  return name === 'IMPP' || name === 'X-MS-IMADDRESS' || Object.hasOwn(services, name)
}

/** Up to three chat addresses, with schemes where the lines tell the service, and the lines beyond them. */
export function readChats(lines: readonly VcardLine[]): {
  readonly addresses: readonly string[]
  readonly left: readonly VcardLine[]
} {
  const addresses: string[] = []
  const left: VcardLine[] = []
  for (const line of lines) {
    const text = unescapeText(line.value).trim()
    const scheme = services[line.name]
    const address = scheme === undefined || text.toLowerCase().startsWith(`${scheme}:`) ? text : `${scheme}:${text}`
    const isKnown = addresses.some((known) => known.toLowerCase() === address.toLowerCase())
    if (text === '' || isKnown) continue
    if (addresses.length < contactLimits.imAddressesMax) addresses.push(address)
    else left.push(line)
  }
  return { addresses, left }
}

/** `IMPP` for addresses with a scheme, and the line that Outlook knows for those without. */
export function chatLines(addresses: readonly string[]): readonly VcardLine[] {
  return addresses.map((address) => textLine(/^[a-z][a-z\d+.-]*:./i.test(address) ? 'IMPP' : 'X-MS-IMADDRESS', address))
}
