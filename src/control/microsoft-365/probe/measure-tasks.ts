import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { taskList } from '../scratch/places.ts'
import { scratchName } from '../scratch/specimen.ts'
import { type Measurement, measured, measuring, type Question, refusalOf } from './measurement.ts'
import type { Measure, ProbedMailbox, Writing } from './probed-mailbox.ts'

const question: Question = {
  number: 6,
  id: 'app-tasks',
  name: 'To Do by an app alone',
  writes: `makes the To Do list "${scratchName}" with one task`,
}
const permission = 'Tasks.ReadWrite.All'
const wholeItems = 'Tasks travel as whole items, which is the usual way anyhow.'

/** Whether an app alone may make To Do tasks; the documents disagree (exchange.md 3.7). */
export const measureTasks: Measure = { question, isOfItems: false, write: makeTask }

function makeTask(mailbox: ProbedMailbox, { scratch }: Writing): Promise<Measurement> {
  const { connection: { graph }, mailboxId, roles, user } = mailbox
  return measuring(question, async () => {
    let listMade = false
    try {
      return await scratch.within(taskList(user, mailboxId), async (list) => {
        listMade = true
        await graph.call({ method: 'POST', path: graphPath`/users/${user}/todo/lists/${list}/tasks`, body: { title: 'Mailvan probe' }, permission })
        return measured(question, 'a list and a task are taken', 'Tasks can be written one by one too.', { list: true, task: true })
      })
    } catch (error) {
      const refusal = refusalOf(error, roles, permission)
      return measured(question, `${listMade ? 'a list is taken, a task is refused' : 'a list is refused'} (${refusal})`, wholeItems, { list: listMade, task: false, refusal })
    }
  })
}
