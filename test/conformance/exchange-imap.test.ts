import { startExchangeImap } from './harness-exchange-imap.ts'
import { runConformance } from './run-conformance.ts'

runConformance({
  name: 'imap with OAuth at Exchange',
  start: startExchangeImap,
  skips: [
    { reason: 'Exchange keeps no keywords of a client, which the engine leaves out before: see test/servers/imap-faults', tests: ['T2.marks'] },
    { reason: 'an envelope is longer than what lies in it', tests: ['S5.discard'] },
    { reason: 'the server says of no folder that it changed since, and forgets nothing', tests: ['S4.forgotten'] },
    { reason: 'Exchange never gives all items of a folder new ids', tests: ['S4.renumbered'] },
    { reason: 'default folders are made by Exchange, under names of its own: roles are recognised by name, in the plan', tests: ['S1.roles'] },
  ],
})
