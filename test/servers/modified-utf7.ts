/** Decodes a mailbox name of RFC 3501 section 5.1.3. A reader of its own, so that tests do not trust the product's. */
export function decodeModifiedUtf7(name: string): string {
  return name.replace(/&([^-]*)-/g, (_, coded: string) => {
    if (coded === '') return '&'
    const bytes = Buffer.from(coded.replaceAll(',', '/'), 'base64')
    return bytes.subarray(0, bytes.length & ~1).swap16().toString('utf16le')
  })
}

/** Encodes text as a mailbox name of RFC 3501 section 5.1.3. */
export function encodeModifiedUtf7(text: string): string {
  return text.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-'
    const coded = Buffer.from(run, 'utf16le').swap16().toString('base64')
    return `&${coded.replace(/=+$/, '').replaceAll('/', ',')}-`
  })
}
