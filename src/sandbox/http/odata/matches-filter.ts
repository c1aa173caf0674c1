import type { Comparison, FilterExpression, Operand } from './filter-expression.ts'

/** What a filter reads: an object as Graph answers it, or a lambda's element. */
type Scope = ReadonlyMap<string, unknown>

/** Whether an object satisfies a filter. Strings are compared without regard to case, as the directory and Exchange do. */
export function matchesFilter(expression: FilterExpression, item: Readonly<Record<string, unknown>>): boolean {
  return isTrue(expression, item, new Map())
}

function isTrue(expression: FilterExpression, item: unknown, scope: Scope): boolean {
  switch (expression.type) {
    case 'and':
      return isTrue(expression.left, item, scope) && isTrue(expression.right, item, scope)
    case 'or':
      return isTrue(expression.left, item, scope) || isTrue(expression.right, item, scope)
    case 'not':
      return !isTrue(expression.operand, item, scope)
    case 'truth':
      return valueOf(expression.operand, item, scope) === true
    case 'in':
      return expression.values.some((value) => compare('eq', valueOf(expression.left, item, scope), value.value, value))
    case 'compare':
      return compare(
        expression.operator,
        valueOf(expression.left, item, scope),
        valueOf(expression.right, item, scope),
        expression.left.type === 'literal' ? expression.left : expression.right,
      )
    case 'call':
      return callTest(expression.name, valueOf(expression.left, item, scope), valueOf(expression.right, item, scope))
    case 'any':
    case 'all':
      return testLambda(expression, item, scope)
  }
}

function testLambda(lambda: Extract<FilterExpression, { type: 'any' | 'all' }>, item: unknown, scope: Scope): boolean {
  const elements = valueOf(lambda.path, item, scope)
  const list: readonly unknown[] = Array.isArray(elements) ? elements : []
  const { variable, predicate } = lambda
  if (predicate === undefined || variable === undefined) return list.length > 0
  const test = (element: unknown) => isTrue(predicate, item, new Map([...scope, [variable, element]]))
  return lambda.type === 'any' ? list.some(test) : list.every(test)
}

function valueOf(operand: Operand, item: unknown, scope: Scope): unknown {
  if (operand.type === 'literal') return operand.value
  if (operand.type === 'path') return valueAt(operand.segments, item, scope)
  const argument = valueOf(operand.argument, item, scope)
  if (operand.name === 'cast') return argument
  if (typeof argument !== 'string') return null
  if (operand.name === 'length') return argument.length
  return operand.name === 'tolower' ? argument.toLowerCase() : argument.toUpperCase()
}

function valueAt(segments: readonly string[], item: unknown, scope: Scope): unknown {
  const [first, ...rest] = segments
  const start = first !== undefined && scope.has(first)
  let value: unknown = start ? scope.get(first) : item
  for (const segment of start ? rest : segments) {
    if (segment === '$count') return Array.isArray(value) ? value.length : 0
    if (typeof value !== 'object' || value === null) return null
    value = (value as Record<string, unknown>)[segment]
  }
  return value ?? null
}

function compare(operator: Comparison, left: unknown, right: unknown, literal: Operand): boolean {
  if (left === null || right === null) {
    if (operator === 'eq') return left === right
    return operator === 'ne' && left !== right
  }
  const isDate = literal.type === 'literal' && literal.edm === 'date'
  const [a, b] = isDate ? [instantOf(left), instantOf(right)] : [comparable(left), comparable(right)]
  // A filter may write a number in quotes, as extended properties do.
  const order = typeof a === typeof b ? orderOf(a, b) : orderOf(String(a), String(b))
  switch (operator) {
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
    case 'lt':
      return order < 0
    case 'le':
      return order <= 0
  }
}

/** NaN, and so unequal to everything, where either is not comparable. */
function orderOf(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (a === b) return 0
  return a < b ? -1 : 1
}

function comparable(value: unknown): string | number {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value)
}

function instantOf(value: unknown): number {
  return Date.parse(String(value))
}

function callTest(name: 'startswith' | 'endswith' | 'contains', left: unknown, right: unknown): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') return false
  const [text, part] = [left.toLowerCase(), right.toLowerCase()]
  if (name === 'startswith') return text.startsWith(part)
  return name === 'endswith' ? text.endsWith(part) : text.includes(part)
}
