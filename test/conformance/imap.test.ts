import { startImap } from './harness-imap.ts'
import type { Skip } from './harness.ts'
import { runConformance } from './run-conformance.ts'

const noHistoryToForget: Skip = {
  reason: 'Dovecot never forgets changes while it keeps its index',
  tests: ['S4.forgotten'],
}

const killedElsewhere: Skip = {
  reason: 'kills and failures do not depend on what the server announces: see the first server, and memory',
  tests: ['P2', 'P3'],
}

runConformance({ name: 'imap with Dovecot', start: () => startImap(), skips: [noHistoryToForget] })

runConformance({
  name: 'imap with a server of no extensions',
  start: () => startImap({ capability: 'IMAP4rev1' }),
  skips: [
    noHistoryToForget,
    killedElsewhere,
    { reason: 'without UIDPLUS and MOVE nothing can be moved or removed alone', tests: ['T8.move', 'T8.copy', 'T8.remove'] },
    { reason: 'without SPECIAL-USE roles are recognised by name, in the plan', tests: ['S1.roles'] },
  ],
})

runConformance({
  name: 'imap with folders below INBOX, separated by dots',
  start: () => startImap({ namespacePrefix: 'INBOX.', separator: '.' }),
  skips: [noHistoryToForget, killedElsewhere],
})
