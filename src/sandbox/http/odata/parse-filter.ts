import { badRequest, type GraphError } from '../graph-error.ts'
import type { Comparison, FilterExpression, Literal, Operand, PropertyPath, ValueCall } from './filter-expression.ts'
import { type FilterToken, readFilterTokens } from './filter-tokens.ts'

/** Filters nested deeper than this are refused, as OData's own parser does. */
const depthMax = 100

const comparisons: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])
const valueCalls: ReadonlySet<string> = new Set(['tolower', 'toupper', 'length', 'cast'])
const testCalls: ReadonlySet<string> = new Set(['startswith', 'endswith', 'contains'])

/** Parses a `$filter` (OData 4.01 URL conventions 5.1.1, as far as Graph goes). Throws 400 `BadRequest`. */
export function parseFilter(text: string): FilterExpression {
  return new FilterParser(text).parse()
}

class FilterParser {
  readonly #text: string
  readonly #tokens: readonly FilterToken[]
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = readFilterTokens(text)
  }

  parse(): FilterExpression {
    const expression = this.#or()
    if (this.#peek().type !== 'end') throw this.#syntaxError()
    return expression
  }

  #or(): FilterExpression {
    let left = this.#and()
    while (this.#takeWord('or')) left = { type: 'or', left, right: this.#and() }
    return left
  }

  #and(): FilterExpression {
    let left = this.#unary()
    while (this.#takeWord('and')) left = { type: 'and', left, right: this.#unary() }
    return left
  }

  #unary(): FilterExpression {
    if (++this.#depth > depthMax) throw badRequest('The node count limit of the filter has been exceeded.', 'BadRequest')
    const expression = this.#takeWord('not') ? ({ type: 'not', operand: this.#unary() } as const) : this.#primary()
    this.#depth--
    return expression
  }

  #primary(): FilterExpression {
    if (this.#take('(')) {
      const inner = this.#or()
      this.#expect(')')
      return inner
    }
    const token = this.#peek()
    const lower = token.text.toLowerCase()
    if (token.type === 'name' && this.#peek(1).text === '(') {
      if (testCalls.has(lower)) return this.#testCall(lower as 'startswith' | 'endswith' | 'contains')
      if (/\/(?:any|all)$/i.test(token.text)) return this.#lambda()
    }
    return this.#comparison()
  }

  #testCall(name: 'startswith' | 'endswith' | 'contains'): FilterExpression {
    this.#at++
    this.#expect('(')
    const left = this.#operand()
    this.#expect(',')
    const right = this.#operand()
    this.#expect(')')
    const call = { type: 'call', name, left, right } as const
    // OData lets a function stand alone or be compared: "contains(subject,'x') eq true".
    if (!this.#takeWord('eq')) return call
    const answer = this.#operand()
    if (answer.type !== 'literal' || answer.edm !== 'boolean') throw this.#syntaxError()
    return answer.value === true ? call : { type: 'not', operand: call }
  }

  #lambda(): FilterExpression {
    const segments = this.#next().text.split('/')
    const type = (segments.pop() as string).toLowerCase() as 'any' | 'all'
    const path: PropertyPath = { type: 'path', segments }
    this.#expect('(')
    if (type === 'any' && this.#take(')')) return { type, path, variable: undefined, predicate: undefined }
    const variable = this.#next()
    if (variable.type !== 'name') throw this.#syntaxError()
    this.#expect(':')
    const predicate = this.#or()
    this.#expect(')')
    return { type, path, variable: variable.text, predicate }
  }

  #comparison(): FilterExpression {
    const left = this.#operand()
    const word = this.#peek()
    const operator = word.text.toLowerCase()
    if (word.type === 'name' && comparisons.has(operator)) {
      this.#at++
      return { type: 'compare', operator: operator as Comparison, left, right: this.#operand() }
    }
    if (this.#takeWord('in')) return { type: 'in', left, values: this.#literals() }
    if (left.type === 'literal' && left.edm !== 'boolean') throw this.#syntaxError()
    return { type: 'truth', operand: left }
  }

  #literals(): readonly Literal[] {
    const values: Literal[] = []
    this.#expect('(')
    do {
      const value = this.#operand()
      if (value.type !== 'literal') throw this.#syntaxError()
      values.push(value)
    } while (this.#take(','))
    this.#expect(')')
    return values
  }

  #operand(): Operand {
    const token = this.#next()
    if (token.type === 'string' || token.type === 'guid' || token.type === 'date') {
      return { type: 'literal', edm: token.type, value: token.text }
    }
    if (token.type === 'number') return { type: 'literal', edm: 'number', value: Number(token.text) }
    if (token.type !== 'name') throw this.#syntaxError(token)
    const lower = token.text.toLowerCase()
    if (lower === 'null') return { type: 'literal', edm: 'null', value: null }
    if (lower === 'true' || lower === 'false') return { type: 'literal', edm: 'boolean', value: lower === 'true' }
    if (this.#peek().text !== '(' || this.#peek().type !== 'punctuation')
      return { type: 'path', segments: token.text.split('/') }
    return this.#valueCall(token, lower)
  }

  #valueCall(token: FilterToken, lower: string): ValueCall {
    if (!valueCalls.has(lower)) throw badRequest(`An unknown function with name '${token.text}' was found.`, 'BadRequest')
    this.#expect('(')
    const argument = this.#operand()
    if (lower === 'cast') {
      this.#expect(',')
      this.#operand()
    }
    this.#expect(')')
    return { type: 'value-call', name: lower as ValueCall['name'], argument }
  }

  #peek(ahead = 0): FilterToken {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as FilterToken
  }

  #next(): FilterToken {
    const token = this.#peek()
    this.#at++
    return token
  }

  #take(text: string): boolean {
    if (this.#peek().type !== 'punctuation' || this.#peek().text !== text) return false
    this.#at++
    return true
  }

  #takeWord(word: string): boolean {
    if (this.#peek().type !== 'name' || this.#peek().text.toLowerCase() !== word) return false
    this.#at++
    return true
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#syntaxError()
  }

  #syntaxError(token = this.#peek()): GraphError {
    return badRequest(`Invalid filter clause: Syntax error at position ${token.position} in '${this.#text}'.`, 'BadRequest')
  }
}
