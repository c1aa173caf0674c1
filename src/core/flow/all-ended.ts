/**
 * As `Promise.all`, but settles only once all of them have: whoever hears of a failure may take it that nobody of them
 * is still at work. Throws the error of the first in order that failed.
 */
export async function allEnded<const Tasks extends readonly Promise<unknown>[]>(
  tasks: Tasks,
): Promise<{ -readonly [Index in keyof Tasks]: Awaited<Tasks[Index]> }> {
  await Promise.allSettled(tasks)
  return await Promise.all(tasks)
}
