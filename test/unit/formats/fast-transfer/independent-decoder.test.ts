import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeFastTransfer } from '../../../../src/formats/fast-transfer/write-fast-transfer.ts'
import { attachmentProperties } from '../../../../src/formats/mapi/attachment-properties.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { propertySets } from '../../../../src/formats/mapi/property-sets.ts'
import { named, tagged } from '../../../../src/formats/mapi/property.ts'
import { recipientProperties } from '../../../../src/formats/mapi/recipient-properties.ts'
import { corpusRoot } from '../../../corpus/corpus.ts'

const decoder = join(corpusRoot, '../field/fts')
const canRun = existsSync(join(decoder, 'fts.py')) && spawnSync('python3', ['--version']).status === 0

/** What the decoder prints of each record and property; it stops at the first thing that it does not know. */
function decode(bytes: Buffer): string[] {
  const program = 'import sys; sys.path.insert(0, sys.argv[1]); import fts; fts.parse(sys.stdin.buffer.read())'
  const run = spawnSync('python3', ['-B', '-c', program, decoder], {
    input: bytes,
    encoding: 'utf8',
    env: { PYTHONIOENCODING: 'utf-8' },
  })
  expect(run.stderr).toBe('')
  return run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().replaceAll(/ +/g, ' '))
}

describe.skipIf(!canRun)(
  `what another decoder makes of a message${canRun ? '' : ' (skipped: there is no ../shared/field/fts)'}`,
  () => {
    it('is the message', () => {
      const inner = new PropertyBag()
        .set(messageProperties.messageClass, 'IPM.Appointment')
        .set(messageProperties.subject, 'Inner')
      const properties = new PropertyBag()
        .set(messageProperties.messageClass, 'IPM.Note')
        .set(messageProperties.subject, 'Grüße')
        .set(messageProperties.deliveryTime, 0x01d1ca171d7e7600n)
        .set(messageProperties.readReceiptRequested, true)
        .set(messageProperties.html, Buffer.from('<p>hi</p>'))
        .set(messageProperties.keywords, ['red', 'blue'])
        .set(messageProperties.flagRequest, 'Follow up')
        .set(named(propertySets.internetHeaders, 'x-mailer', 'string'), 'Mailvan')
        .set(tagged(0x6001, 'integer64'), -2n)
        .set(tagged(0x6002, 'guid'), '00062008-0000-0000-c000-000000000046')
        .set(tagged(0x6003, 'float64'), 1.5)
        .set(tagged(0x6004, 'integer32s'), [1, 2, 3])
        .set(tagged(0x6005, 'times'), [1n])
        .set(tagged(0x6006, 'binaries'), [Buffer.from('ab')])
        .set(tagged(0x6007, 'integer16'), -1)
      const lines = decode(
        writeFastTransfer({
          properties,
          recipients: [new PropertyBag().set(recipientProperties.rowId, 0).set(recipientProperties.displayName, 'Ada')],
          attachments: [
            { properties: new PropertyBag().set(attachmentProperties.data, Buffer.from('x'.repeat(10))) },
            {
              properties: new PropertyBag().set(attachmentProperties.method, 5),
              embedded: { properties: inner, recipients: [], attachments: [] },
            },
          ],
        }),
      )
      const text = (tag: string, value: string, name = '') =>
        `${tag} ${name} len=${value.length * 2 + 2} = '${value}\\x00'`.replaceAll(/ +/g, ' ')
      const [first, ...rest] = lines
      expect(first).toBe('@000000 op=1 len=8 have=8 0000000001000000')
      expect(rest[0]).toBe('@000010 op=3 len=24 have=24 010000000703020000000000c00000000000004600240080')
      expect(rest[1]).toBe('@000030 op=4 len=6 have=6 140fd6918617')
      expect(rest[2]).toMatch(/^@00003e op=2 len=(\d+) have=\1$/)
      expect(rest.slice(3)).toEqual([
        text('001a84b0', 'IPM.Note'),
        text('003784b0', 'Grüße'),
        '0e060040 = 00767e1d17cad101',
        '0029000b = 0100',
        `10130102 len=9 = '${Buffer.from('<p>hi</p>').toString('hex')}'`,
        '8000101f {00020329} name=Keywords MV n=2',
        `b'r\\x00e\\x00d\\x00\\x00\\x00'`,
        `b'b\\x00l\\x00u\\x00e\\x00\\x00\\x00'`,
        text('800184b0', 'Follow up', '{00062008} lid=0x8530'),
        text('800284b0', 'Mailvan', '{00020386} name=x-mailer'),
        '60010014 = feffffffffffffff',
        '60020048 = 0820060000000000c000000000000046',
        '60030005 = 000000000000f83f',
        '60041003 MV n=3',
        '60051040 MV n=1',
        '60061102 MV n=1',
        `b'ab'`,
        '60070002 = ffff',
        '40160003 = 0d00120e',
        'MARK StartRecip',
        '30000003 = 00000000',
        text('300184b0', 'Ada'),
        'MARK EndToRecip',
        '40160003 = 0d00130e',
        'MARK NewAttach',
        '0e210003 = 00000000',
        `37010102 len=10 = '${'78'.repeat(10)}'`,
        'MARK EndAttach',
        'MARK NewAttach',
        '0e210003 = 01000000',
        '37050003 = 05000000',
        'MARK StartEmbed',
        text('001a84b0', 'IPM.Appointment'),
        text('003784b0', 'Inner'),
        'MARK EndEmbed',
        'MARK EndAttach',
      ])
    })
  },
)
