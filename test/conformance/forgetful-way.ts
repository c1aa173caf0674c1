import { type Meddler, startMeddler } from '../servers/meddler.ts'

/** A way to an IMAP server over which the first answer to an APPEND never comes. */
export function startForgetfulWay(targetPort: number): Promise<Meddler> {
  return startMeddler({
    targetPort,
    onServerLine(line, session) {
      const [tag = '', status] = line.split(' ')
      if (status !== 'OK' || session.commandName(tag) !== 'APPEND') return undefined
      session.cut()
      return null
    },
  })
}
