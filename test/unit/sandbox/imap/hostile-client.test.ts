import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createImapRig } from './imap-rig.ts'

const commands =
  'FETCH UID STORE SEARCH APPEND SELECT COPY MOVE LIST STATUS CREATE RENAME DELETE IDLE DONE EXPUNGE CLOSE NOOP AUTHENTICATE XOAUTH2 STARTTLS'
const parts =
  'INBOX x/y 1:* 1 * 4294967295 0 (FLAGS) FLAGS +FLAGS ( ) BODY[] BODY[1.2.TEXT] BODY.PEEK[HEADER.FIELDS BODY[1]<0.5> BODYSTRUCTURE ' +
  'ENVELOPE ALL NOT OR KEYWORD SINCE 1-Jan-2020 {5} &AOQ- & % "'
const words: readonly string[] = `${commands} ${parts}`.split(' ').concat(['(\\Seen', '\\Deleted)', '"a\\"', '{3+}\r\na:b', '{0+}\r\n', '\0', '\xff'])

it('answers whatever a client sends, and nothing of it is a defect', async () => {
  const line = fc.array(fc.constantFrom(...words), { maxLength: 8 }).map((chosen) => `t ${chosen.join(' ')}\r\n`)
  const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof({ weight: 8, arbitrary: line }, { weight: 1, arbitrary: noise }), { maxLength: 12 }), async (sent) => {
      const rig = createImapRig()
      const dialogue = rig.openSignedIn()
      await dialogue.append('INBOX', 'Subject: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n')
      await dialogue.ask('SELECT INBOX')
      for (const bytes of sent) {
        dialogue.raw(bytes)
        await new Promise((resume) => setImmediate(resume))
      }
      expect(rig.defects).toEqual([])
      expect(['open', 'end']).toContain(dialogue.fate)
    }),
    { numRuns: 200 },
  )
})
