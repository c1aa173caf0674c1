import { envelopes } from './enveloped-messages.ts'
import { startGraph } from './harness-graph.ts'
import { runConformance } from './run-conformance.ts'
import { wholeObjects } from './whole-messages.ts'

const ofExchange = [
  { reason: 'default folders are made by Exchange, under names of its own: see test/servers/graph', tests: ['S1.roles'] },
  { reason: 'Exchange never gives all items of a folder new ids', tests: ['S4.renumbered'] },
  { reason: 'Exchange counts an item otherwise than it is long', tests: ['S5.discard'] },
]

runConformance({
  name: 'graph in the form of Exchange',
  start: () => startGraph(wholeObjects),
  skips: [
    ...ofExchange,
    { reason: 'dates and keywords are within the item: see test/servers/graph', tests: ['T2.marks', 'T7', 'T8.keywords', 'S3.keywords'] },
    { reason: 'no other side takes this form: passes from tenant to tenant are in test/servers/graph', tests: ['P1', 'P2', 'P3', 'P4'] },
  ],
})

runConformance({ name: 'graph in the form of mail', start: () => startGraph(envelopes), skips: [...ofExchange, { reason: 'messages are moved at once', tests: ['T8.copy'] }] })
