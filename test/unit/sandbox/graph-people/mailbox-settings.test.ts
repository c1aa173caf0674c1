import { describe, expect, it } from 'vitest'
import { zoneByName } from '../../../../src/formats/calendar/windows-zone.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { PeopleRig } from './people-rig.ts'

const path = '/mailboxSettings'

describe('mailbox settings (exchange.md 3.4)', () => {
  it('are as in a new mailbox of its language', async () => {
    const people = new PeopleRig({ language: 'de-DE', settings: { userPurpose: 'shared' } })
    const settings = await people.ok(200, 'GET', path)
    expect(settings).toMatchObject({
      '@odata.context': `https://graph.test/v1.0/$metadata#users('${people.user.id}')/mailboxSettings`,
      timeZone: 'UTC',
      language: { locale: 'de-DE', displayName: 'Deutsch (Deutschland)' },
      dateFormat: 'dd.MM.yyyy',
      timeFormat: 'HH:mm',
      userPurpose: 'shared',
      delegateMeetingMessageDeliveryOptions: 'sendToDelegateOnly',
      automaticRepliesSetting: {
        status: 'disabled',
        externalAudience: 'all',
        internalReplyMessage: '',
        scheduledStartDateTime: { dateTime: '2026-11-21T09:00:00.0000000', timeZone: 'UTC' },
        scheduledEndDateTime: { dateTime: '2026-11-22T09:00:00.0000000', timeZone: 'UTC' },
      },
      workingHours: { startTime: '08:00:00.0000000', endTime: '17:00:00.0000000', timeZone: { name: 'Pacific Standard Time' } },
    })
    if (hasCsdl) expect(answerDifferences(settings, 'microsoft.graph.mailboxSettings')).toEqual([])
    expect(Object.keys(await people.ok(200, 'GET', `${path}?$select=timeZone`))).toEqual(['@odata.context', 'timeZone'])
    expect(await new PeopleRig().ok(200, 'GET', path)).toMatchObject({ dateFormat: 'M/d/yyyy', timeFormat: 'h:mm tt', language: { displayName: 'English (United States)' } })
  })

  it('are read one by one', async () => {
    const people = new PeopleRig()
    const whole = await people.ok(200, 'GET', path)
    for (const name of ['timeZone', 'dateFormat', 'timeFormat', 'userPurpose', 'delegateMeetingMessageDeliveryOptions']) {
      expect(await people.ok(200, 'GET', `${path}/${name}`)).toEqual({
        '@odata.context': `https://graph.test/v1.0/$metadata#users('${people.user.id}')/mailboxSettings/${name}`,
        value: whole[name],
      })
    }
    for (const name of ['automaticRepliesSetting', 'language', 'workingHours']) {
      const { '@odata.context': context, ...value } = await people.ok(200, 'GET', `${path}/${name}`)
      expect([context, value]).toEqual([`https://graph.test/v1.0/$metadata#users('${people.user.id}')/mailboxSettings/${name}`, whole[name]])
    }
    expect((await people.refusal('GET', `${path}/archiveFolder`))[0]).toBe(400)
  })

  it('keep automatic replies and send none', async () => {
    const people = new PeopleRig()
    const changed = await people.ok(200, 'PATCH', path, {
      automaticRepliesSetting: {
        status: 'Scheduled',
        externalAudience: 'ContactsOnly',
        internalReplyMessage: '<p>away</p>',
        scheduledStartDateTime: { dateTime: '2026-12-24T00:00:00', timeZone: 'W. Europe Standard Time' },
        scheduledEndDateTime: { dateTime: '2027-01-02T08:00:00.0000000', timeZone: 'Europe/Berlin' },
      },
    })
    const expected = {
      status: 'scheduled',
      externalAudience: 'contactsOnly',
      internalReplyMessage: '<p>away</p>',
      externalReplyMessage: '',
      scheduledStartDateTime: { dateTime: '2026-12-23T23:00:00.0000000', timeZone: 'UTC' },
      scheduledEndDateTime: { dateTime: '2027-01-02T07:00:00.0000000', timeZone: 'UTC' },
    }
    const { '@odata.context': _, ...rest } = changed
    expect(rest).toEqual({ automaticRepliesSetting: expected })
    await people.ok(200, 'PATCH', path, { automaticRepliesSetting: { status: 'alwaysEnabled' } })
    expect(await people.ok(200, 'GET', path)).toMatchObject({ automaticRepliesSetting: { ...expected, status: 'alwaysEnabled' } })
    expect(people.store.outbox.count).toBe(0)
  })

  it('change one by one and stay', async () => {
    const people = new PeopleRig()
    const changes = {
      timeZone: 'Europe/Berlin',
      dateFormat: 'dd/MM/yyyy',
      timeFormat: 'HH:mm',
      delegateMeetingMessageDeliveryOptions: 'sendToDelegateAndPrincipal',
      language: { locale: 'FR-fr' },
    }
    for (const [name, value] of Object.entries(changes)) await people.ok(200, 'PATCH', path, { [name]: value })
    await people.ok(200, 'PATCH', path, { workingHours: { daysOfWeek: ['Monday', 'monday', 'Friday'], endTime: '18:30' } })
    const after = await people.ok(200, 'GET', path)
    expect(after).toMatchObject({
      ...changes,
      language: { locale: 'fr-FR', displayName: 'français (France)' },
      workingHours: { daysOfWeek: ['monday', 'friday'], startTime: '08:00:00.0000000', endTime: '18:30:00.0000000', timeZone: { name: 'Pacific Standard Time' } },
    })
    if (hasCsdl) expect(answerDifferences(after, 'microsoft.graph.mailboxSettings')).toEqual([])
    // The names of the folders stay as they were made.
    expect(people.mailbox.folders.wellKnown('inbox')?.name).toBe('Inbox')
  })

  it.each([
    [{ userPurpose: 'room' }, 'ErrorInvalidPropertySet'],
    [{ archiveFolder: 'x' }, 'ErrorInvalidPropertySet'],
    [{ timeZone: 'Mars Standard Time' }, 'TimeZoneNotSupportedException'],
    [{ workingHours: { timeZone: { name: 'Mars Standard Time' } } }, 'TimeZoneNotSupportedException'],
    [{ workingHours: { startTime: '19:00:00' } }, 'ErrorInvalidArgument'],
    [{ workingHours: { startTime: '25:00:00' } }, 'ErrorInvalidArgument'],
    [{ workingHours: { startTime: 'nine' } }, 'RequestBodyRead'],
    [{ workingHours: { daysOfWeek: ['someday'] } }, 'RequestBodyRead'],
    [{ workingHours: { timeZone: { '@odata.type': '#microsoft.graph.event', name: 'x' } } }, 'RequestBodyRead'],
    [{ workingHours: { timeZone: { name: 'UTC', bias: 1 } } }, 'RequestBodyRead'],
    [{ language: { locale: 'tlh' } }, 'ErrorInvalidArgument'],
    [{ dateFormat: 'tomorrow' }, 'ErrorInvalidArgument'],
    [{ timeFormat: '9:00' }, 'ErrorInvalidArgument'],
    [{ automaticRepliesSetting: { status: 'sometimes' } }, 'RequestBodyRead'],
    [
      {
        automaticRepliesSetting: {
          status: 'scheduled',
          scheduledStartDateTime: { dateTime: '2026-12-24T00:00:00', timeZone: 'UTC' },
          scheduledEndDateTime: { dateTime: '2026-12-24T00:00:00', timeZone: 'UTC' },
        },
      },
      'ErrorInvalidScheduledOofDuration',
    ],
    [{ automaticRepliesSetting: { scheduledStartDateTime: { dateTime: 'soon', timeZone: 'UTC' } } }, 'ErrorPropertyValidationFailure'],
    [{ mood: 'good' }, 'RequestBodyRead'],
  ])('refuse %j', async (body, code) => {
    const people = new PeopleRig()
    const before = await people.ok(200, 'GET', path)
    expect(await people.refusal('PATCH', path, body)).toEqual([400, code])
    expect(await people.ok(200, 'GET', path)).toEqual(before)
    expect(people.rig.defects).toEqual([])
  })
})

describe('what a mailbox can be set to (pages on outlookUser)', () => {
  const outlook = '/outlook'

  it('languages, in their own words', async () => {
    const people = new PeopleRig()
    const { value } = await people.ok<{ value: readonly object[] }>(200, 'GET', `${outlook}/supportedLanguages`)
    expect(value).toContainEqual({ locale: 'af-ZA', displayName: 'Afrikaans (Suid-Afrika)' })
    expect(value).toContainEqual({ locale: 'en-US', displayName: 'English (United States)' })
    if (hasCsdl) for (const one of value) expect(answerDifferences(one, 'microsoft.graph.localeInfo')).toEqual([])
  })

  it('time zones of Windows and of IANA, each of which can be set', async () => {
    const people = new PeopleRig()
    const zones = async (call: string) => (await people.ok<{ value: readonly { alias: string }[] }>(200, 'GET', `${outlook}/supportedTimeZones${call}`)).value
    const windows = await zones('')
    expect(windows).toContainEqual({ alias: 'Dateline Standard Time', displayName: '(UTC-12:00) International Date Line West' })
    expect(windows).toContainEqual({ alias: 'Samoa Standard Time', displayName: '(UTC+13:00) Samoa' })
    expect(windows).toContainEqual({ alias: 'UTC-11', displayName: '(UTC-11:00) Coordinated Universal Time-11' })
    expect(windows).toContainEqual({ alias: 'Aleutian Standard Time', displayName: '(UTC-10:00) Aleutian Islands' })
    expect(await zones("(TimeZoneStandard=microsoft.graph.timeZoneStandard'Windows')")).toEqual(windows)
    const iana = await zones("(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')")
    expect(iana).toContainEqual({ alias: 'Europe/Berlin', displayName: 'Europe/Berlin' })
    expect(await people.refusal('GET', `${outlook}/supportedTimeZones(TimeZoneStandard='Julian')`)).toEqual([400, 'BadRequest'])
    expect(windows.filter(({ alias }) => zoneByName(alias) === undefined)).toEqual([])
    await people.ok(200, 'PATCH', path, { timeZone: windows.at(-1)?.alias })
    if (hasCsdl) for (const one of windows) expect(answerDifferences(one, 'microsoft.graph.timeZoneInformation')).toEqual([])
  })
})
