import { describe, expect, it } from 'vitest'
import { cloudNames, customHosts, hostsOf, parseCloudName } from '../../../src/connectors/kit/microsoft/clouds.ts'
import { assertCloud } from '../../../src/connectors/kit/microsoft/find-tenant.ts'
import { graphPath, odataText } from '../../../src/connectors/kit/microsoft/graph-path.ts'
import { m365UrlOf, parseM365Url } from '../../../src/connectors/kit/microsoft/m365-url.ts'
import { retryAfterMsOf } from '../../../src/connectors/kit/microsoft/retry-after.ts'

describe("Microsoft's clouds", () => {
  it('are four, each with hosts of its own for tokens', () => {
    expect(cloudNames).toEqual(['worldwide', 'gcc-high', 'dod', 'china'])
    const resources = cloudNames.map((cloud) => hostsOf(cloud).resources.graph)
    expect(new Set(resources).size).toBe(4)
    expect(hostsOf('dod')).toMatchObject({
      authority: 'https://login.microsoftonline.us',
      graph: 'https://dod-graph.microsoft.us',
      imap: { host: 'outlook-dod.office365.us', port: 993, security: 'tls' },
    })
  })

  it('are known by several names', () => {
    expect(['GCC', 'global', ' gcc-high', 'DoD', '21vianet'].map(parseCloudName)).toEqual(['worldwide', 'worldwide', 'gcc-high', 'dod', 'china'])
    expect(() => parseCloudName('mars')).toThrow(/none of Microsoft's clouds/)
  })

  it('have no German one any more', () => {
    expect(() => parseCloudName('germany')).toThrow(/closed on 29 October 2021/)
  })

  it('are named when another was chosen', () => {
    const found = { id: '0', cloud: 'gcc-high' } as const
    expect(() => assertCloud(found, 'worldwide')).toThrow(/is in GCC High, not in the world-wide cloud/)
    expect(() => assertCloud(found, 'gcc-high')).not.toThrow()
  })

  it('may be replaced by hosts of one’s own', () => {
    const imap = { host: 'localhost', port: 1143, security: 'plain' } as const
    const hosts = customHosts({ authority: 'http://localhost:1/', graph: 'http://localhost:1', outlook: 'http://127.0.0.1:1/', imap, cloud: 'china' })
    expect(hosts).toMatchObject({ authority: 'http://localhost:1', outlook: 'http://127.0.0.1:1', imap })
    expect(hosts.resources).toEqual(hostsOf('china').resources)
    expect(() => customHosts({ authority: 'localhost', graph: '', outlook: '', imap })).toThrow(/base URL/)
  })
})

describe('what goes over the wire to Graph', () => {
  it('has its values encoded', () => {
    expect(graphPath`/users/${'MBX:1@2/3'}/messages`).toBe('/users/MBX%3A1%402%2F3/messages')
    expect(odataText("O'Hara")).toBe("'O''Hara'")
  })

  it('asks to wait in seconds, with a fraction, or until a date', () => {
    const now = Date.UTC(2026, 10, 21, 9)
    const waits = ['2.128', '30', new Date(now + 5000).toUTCString(), new Date(now - 5000).toUTCString(), 'soon', ''].map((text) =>
      retryAfterMsOf({ 'retry-after': text }, now),
    )
    expect([...waits, retryAfterMsOf({}, now)]).toEqual([2128, 30_000, 5000, 0, undefined, undefined, undefined])
  })
})

describe('the URL of a mailbox', () => {
  it('names endpoint and mailbox, and has one spelling', () => {
    const url = parseM365Url('m365://contoso/Anna%2Bx@Contoso.com?archive')
    expect([url.endpoint, url.mailbox, url.options.has('archive')]).toEqual(['contoso', 'Anna+x@Contoso.com', true])
    expect(m365UrlOf(url)).toBe('m365://contoso/anna%2Bx@contoso.com')
    expect(parseM365Url(m365UrlOf(url)).mailbox).toBe('anna+x@contoso.com')
  })

  it.each(['m365://contoso', 'm365://contoso/', 'm365:///anna', 'm365://a:b@contoso/anna', 'imaps://contoso/anna', 'm365://contoso/a/b', 'm365://contoso/%zz', 'contoso'])(
    'is not %s',
    (text) => {
      expect(() => parseM365Url(text)).toThrow(/not a URL of a mailbox/)
    },
  )
})
