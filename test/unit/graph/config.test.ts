import { describe, expect, it } from 'vitest'
import { accessOf, canonicalGraphUrl, parseGraphUrl } from '../../../src/connectors/graph/config.ts'
import { isMachineMade, containerClassFor, itemTypeOf, roleOf } from '../../../src/connectors/graph/folder-types.ts'

describe('the URL of a mailbox', () => {
  it('names endpoint and mailbox, and has one spelling', () => {
    const config = parseGraphUrl('m365://Contoso/Anna.Berg@Contoso.com?archive=1&sessions=3', {})
    expect(config).toMatchObject({ endpoint: 'contoso', mailbox: 'Anna.Berg@Contoso.com', isArchive: true, sessionsMax: 3 })
    expect(canonicalGraphUrl(config)).toBe('m365://contoso/anna.berg@contoso.com?archive=1')
    expect(canonicalGraphUrl(parseGraphUrl(canonicalGraphUrl(config), {}))).toBe(canonicalGraphUrl(config))
    const plain = parseGraphUrl('m365://contoso/7c9e6679-7425-40de-944b-e07fc1f90ae7', { sessionsMax: 9 })
    expect(plain).toMatchObject({ isArchive: false, sessionsMax: 4 })
    expect(canonicalGraphUrl(plain)).toBe('m365://contoso/7c9e6679-7425-40de-944b-e07fc1f90ae7')
  })

  it.each(['nonsense', 'imap://a@b', 'm365://contoso', 'm365:///anna', 'm365://contoso/a/b', 'm365://u@contoso/a', 'm365://contoso/a?archive=yes', 'm365://contoso/a?x=1', 'm365://contoso/a?sessions=0'])(
    'is refused when it cannot be meant: %s',
    (url) => {
      expect(() => parseGraphUrl(url, {})).toThrow(expect.objectContaining({ kind: 'config' }))
    },
  )

  it('parses without what its endpoint holds, and cannot be opened then', () => {
    expect(() => accessOf(parseGraphUrl('m365://contoso/anna@contoso.com', {}))).toThrow(expect.objectContaining({ kind: 'config', code: 'graph.endpoint-unknown' }))
  })
})

describe('folders', () => {
  it('are told by their container class', () => {
    const types = ['', 'IPF.Note', 'ipf.note', 'IPF.Note.OutlookHomepage', 'IPF.Appointment', 'IPF.Contact', 'IPF.Task', 'IPF.StickyNote', 'IPF.Journal', 'IPF.Configuration', 'IPF.Notebook'].map(itemTypeOf)
    expect(types).toEqual(['message', 'message', 'message', 'message', 'event', 'contact', 'task', 'note', 'journal', 'other', 'other'])
    for (const itemType of ['message', 'event', 'contact', 'task', 'note', 'journal'] as const) expect(itemTypeOf(containerClassFor(itemType))).toBe(itemType)
  })

  it('have the roles of default folders, and hidden ones are a machine\'s by their class', () => {
    expect(['inbox', 'sentitems', 'DeletedItems', 'calendar', 'syncissues', ''].map(roleOf)).toEqual(['inbox', 'sent', 'trash', 'calendar', undefined, undefined])
    expect(['IPF.Contact.GalContacts', 'IPF.Configuration', 'IPF.Note', 'IPF.Contact', ''].map(isMachineMade)).toEqual([true, true, false, false, false])
  })
})
