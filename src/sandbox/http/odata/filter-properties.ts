import type { FilterExpression, Operand } from './filter-expression.ts'

/** The properties that a filter reads, each once: the first segment of each path, a lambda's own variable left out. */
export function filterProperties(expression: FilterExpression): readonly string[] {
  const names = new Set<string>()
  collect(expression, new Set(), names)
  return [...names]
}

function collect(expression: FilterExpression, variables: ReadonlySet<string>, names: Set<string>): void {
  const add = (operand: Operand): void => {
    if (operand.type === 'value-call') add(operand.argument)
    const [first] = operand.type === 'path' ? operand.segments : []
    if (first !== undefined && !variables.has(first)) names.add(first)
  }
  switch (expression.type) {
    case 'and':
    case 'or':
      collect(expression.left, variables, names)
      collect(expression.right, variables, names)
      break
    case 'not':
      collect(expression.operand, variables, names)
      break
    case 'compare':
    case 'call':
      add(expression.left)
      add(expression.right)
      break
    case 'in':
      add(expression.left)
      break
    case 'truth':
      add(expression.operand)
      break
    case 'any':
    case 'all':
      add(expression.path)
      if (expression.predicate === undefined) break
      collect(
        expression.predicate,
        new Set([...variables, ...(expression.variable === undefined ? [] : [expression.variable])]),
        names,
      )
  }
}
