import { beforeEach, describe, expect, it } from 'vitest'
import type { RigAnswer } from '../graph-rig.ts'
import { idOf, linkOf, MailRig, refusalOf, valuesOf } from './mail-rig.ts'

let rig: MailRig

beforeEach(() => {
  rig = new MailRig()
})

const delta = '/mailFolders/inbox/messages/delta'

async function round(
  first: RigAnswer,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ values: ReturnType<typeof valuesOf>; link: string; pages: number }> {
  const values = [...valuesOf(first)]
  let answer = first
  let pages = 1
  while (linkOf(answer, 'nextLink') !== '') {
    expect(linkOf(answer, 'nextLink')).toContain('$skiptoken=')
    answer = await rig.follow(linkOf(answer, 'nextLink'), headers)
    values.push(...valuesOf(answer))
    pages++
  }
  expect(linkOf(answer, 'deltaLink')).toContain('$deltatoken=')
  return { values, link: linkOf(answer, 'deltaLink'), pages }
}

describe('changes of a folder (exchange.md 3.3)', () => {
  it('come in pages of ten, each item once, then only what changed', async () => {
    for (let n = 0; n < 23; n++) await rig.received(`m${n}`, '2020-01-01T00:00:00Z')
    const { values, link, pages } = await round(await rig.call('GET', `${delta}?$select=subject,isRead`))
    expect([values.length, pages]).toEqual([23, 3])
    expect(Object.keys(values[0] ?? {}).sort()).toEqual(['@odata.etag', 'id', 'isRead', 'subject'])
    expect((await round(await rig.follow(link))).values).toEqual([])
    const [first, second, third] = values
    await rig.call('PATCH', `/messages/${first?.id}`, { isRead: false })
    await rig.call('DELETE', `/messages/${second?.id}`)
    await rig.call('POST', `/messages/${third?.id}/move`, { destinationId: 'archive' })
    const made = await rig.received('new', '2020-01-01T00:00:00Z')
    const next = await round(await rig.follow(link))
    expect(next.values).toEqual([
      { '@odata.etag': expect.any(String), id: first?.id, isRead: false, subject: first?.['subject'] },
      { id: second?.id, '@removed': { reason: 'deleted' } },
      { id: third?.id, '@removed': { reason: 'deleted' } },
      { '@odata.etag': expect.any(String), id: made.id, isRead: true, subject: 'new' },
    ])
  })

  it.each(['delta', 'delta()', 'microsoft.graph.delta()'])('answer to %s', async (name) => {
    expect((await rig.call('GET', `/mailFolders/inbox/messages/${name}`)).status).toBe(200)
  })

  it('follow Prefer: odata.maxpagesize', async () => {
    for (let n = 0; n < 5; n++) await rig.received(`m${n}`, '2020-01-01T00:00:00Z')
    const headers = { Prefer: 'odata.maxpagesize=2' }
    const first = await rig.call('GET', delta, undefined, { headers })
    expect(first.headers.get('preference-applied')).toBe('odata.maxpagesize=2')
    expect((await round(first, headers)).pages).toBe(3)
  })

  it('end a page early rather than let it grow', async () => {
    const body = { contentType: 'text', content: 'x'.repeat(1_000_000) }
    for (let n = 0; n < 9; n++) await rig.received(`m${n}`, '2020-01-01T00:00:00Z', { body })
    const first = await rig.call('GET', delta)
    expect(valuesOf(first).length).toBeLessThan(9)
    expect((await round(first)).values).toHaveLength(9)
  })

  it('tell of what happens between two pages', async () => {
    for (let n = 0; n < 12; n++) await rig.received(`m${n}`, '2020-01-01T00:00:00Z')
    const first = await rig.call('GET', `${delta}?$select=subject`)
    const gone = valuesOf(first)[0]?.id
    await rig.call('DELETE', `/messages/${gone}`)
    const { values } = await round(first)
    expect(values.filter((value) => '@removed' in value)).toEqual([{ id: gone, '@removed': { reason: 'deleted' } }])
    expect(new Set(values.map(({ id }) => id)).size).toBe(12)
  })

  it('keep an item that left and came back under its immutable id', async () => {
    const headers = { Prefer: 'IdType="ImmutableId"' }
    await rig.received('x', '2020-01-01T00:00:00Z')
    const { values, link } = await round(await rig.call('GET', delta, undefined, { headers }), headers)
    const id = values[0]?.id ?? ''
    await rig.call('POST', `/messages/${id}/move`, { destinationId: 'archive' })
    await rig.call('POST', `/messages/${id}/move`, { destinationId: 'inbox' })
    expect(
      (await round(await rig.follow(link, headers), headers)).values.map((value) => [value.id, '@removed' in value]),
    ).toEqual([[id, false]])
  })

  it('are filtered by receivedDateTime with ge and gt, and by nothing else', async () => {
    await rig.received('old', '2019-01-01T00:00:00Z')
    await rig.received('young', '2020-01-01T00:00:00Z')
    const filtered = async (filter: string) => rig.call('GET', `${delta}?$filter=${encodeURIComponent(filter)}`)
    expect(valuesOf(await filtered('receivedDateTime ge 2020-01-01T00:00:00Z')).map(({ subject }) => subject)).toEqual([
      'young',
    ])
    expect(valuesOf(await filtered('receivedDateTime gt 2020-01-01T00:00:00Z'))).toEqual([])
    for (const filter of [
      'receivedDateTime le 2020-01-01T00:00:00Z',
      'isRead eq true',
      'receivedDateTime ge 2020-01-01T00:00:00Z and isRead eq true',
    ]) {
      expect(refusalOf(await filtered(filter))).toEqual([400, 'ErrorInvalidUrlQueryFilter'])
    }
    expect((await rig.call('GET', `${delta}?$orderby=receivedDateTime desc`)).status).toBe(200)
    expect((await rig.call('GET', `${delta}?$orderby=subject`)).status).toBe(400)
  })
})

describe('delta tokens', () => {
  it('that are too old or of another folder are lost: 410 SyncStateNotFound, with the way to begin anew', async () => {
    await rig.received('x', '2020-01-01T00:00:00Z')
    const { link } = await round(await rig.call('GET', delta))
    const token = new URL(link).searchParams.get('$deltatoken') ?? ''
    const elsewhere = await rig.call('GET', `/mailFolders/archive/messages/delta?$deltatoken=${token}`)
    expect(refusalOf(elsewhere)).toEqual([410, 'SyncStateNotFound'])
    rig.graph.clock.advance(31 * 24 * 3600 * 1000)
    const lost = await rig.follow(link)
    expect(refusalOf(lost)).toEqual([410, 'SyncStateNotFound'])
    const again = await rig.follow(lost.headers.get('location') ?? '')
    expect(valuesOf(again)).toHaveLength(1)
  })

  it('that are none are invalid', async () => {
    expect(refusalOf(await rig.call('GET', `${delta}?$deltatoken=abc`))).toEqual([400, 'SyncStateInvalid'])
    expect(refusalOf(await rig.call('GET', `${delta}?$skiptoken=%20`))).toEqual([400, 'SyncStateInvalid'])
  })
})

describe('changes of the folders (exchange.md 3.1)', () => {
  it('are flat, ten on a page, without the top, and tell of counts that changed', async () => {
    const parent = idOf(await rig.call('POST', '/mailFolders', { displayName: 'Projects' }))
    const child = idOf(await rig.call('POST', `/mailFolders/${parent}/childFolders`, { displayName: 'Deep' }))
    const first = await rig.call('GET', '/mailFolders/delta')
    expect(valuesOf(first)).toHaveLength(10)
    const { values, link } = await round(first)
    const names = values.map(({ displayName }) => displayName)
    expect(names).toContain('Deep')
    expect(names).toContain('Conflicts')
    for (const absent of ['Top of Information Store', 'Calendar', 'Contacts', 'Deletions'])
      expect(names).not.toContain(absent)
    await rig.received('x', '2020-01-01T00:00:00Z')
    await rig.call('DELETE', `/mailFolders/${child}`)
    await rig.call('PATCH', `/mailFolders/${parent}`, { displayName: 'Plans' })
    const next = await round(await rig.follow(link))
    expect(next.values).toEqual([
      expect.objectContaining({ id: rig.folderId('inbox'), totalItemCount: 1 }),
      { id: child, '@removed': { reason: 'deleted' } },
      expect.objectContaining({ id: parent, displayName: 'Plans' }),
    ])
    const bare = await rig.call('GET', '/mailFolders/delta', undefined, { headers: { Prefer: 'odata.maxpagesize=3' } })
    expect(valuesOf(bare)).toHaveLength(3)
  })
})
