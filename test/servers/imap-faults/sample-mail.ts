/** A message of about `sizeBytes` bytes that no other number gives; one of a number is always the same. */
export function sampleMessage(number: number, sizeBytes = 400): Buffer {
  const header = [
    `From: Anna <anna@example.org>`,
    `To: Ben <ben@example.org>`,
    `Subject: Message ${number}`,
    `Date: Mon, 2 Mar 2020 10:00:${String(number % 60).padStart(2, '0')} +0000`,
    `Message-ID: <${number}@example.org>`,
    '',
    '',
  ].join('\r\n')
  const line = `This is line of message ${number} and nothing else.\r\n`
  return Buffer.from(header + line.repeat(Math.max(1, Math.ceil((sizeBytes - header.length) / line.length))))
}

/** When the sample message of this number arrived. */
export function sampleDate(number: number): Date {
  return new Date(Date.UTC(2015, number % 12, 1 + (number % 28), number % 24, number % 60, 0))
}

/** Flags that differ from message to message. */
export function sampleFlags(number: number): readonly string[] {
  return [['\\Seen'], [], ['\\Flagged', '$label1'], ['\\Answered', '\\Seen']][number % 4] as readonly string[]
}
