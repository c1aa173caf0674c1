import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GraphError } from '../../../../src/sandbox/http/graph-error.ts'
import { filterProperties } from '../../../../src/sandbox/http/odata/filter-properties.ts'
import { matchesFilter } from '../../../../src/sandbox/http/odata/matches-filter.ts'
import { parseFilter } from '../../../../src/sandbox/http/odata/parse-filter.ts'
import { parseQuery, type QueryRules } from '../../../../src/sandbox/http/odata/parse-query.ts'
import { sortBy } from '../../../../src/sandbox/http/odata/sort-by.ts'

const item = {
  displayName: "Anna O'Neill",
  isRead: false,
  size: 12,
  mail: null,
  receivedDateTime: '2019-04-01T10:00:00Z',
  from: { emailAddress: { address: 'Anna@Example.com' } },
  proxyAddresses: ['SMTP:anna@example.com', 'smtp:a@example.com'],
  assignedLicenses: [{ skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965' }],
  singleValueExtendedProperties: [{ id: 'Integer 0x0E07', value: '1' }],
}

describe('a filter', () => {
  it.each([
    ["displayName eq 'anna o''neill'", true],
    ["displayName ne 'anna'", true],
    ['isRead eq false', true],
    ['isRead', false],
    ['not isRead', true],
    ['not(isRead eq false)', false],
    ['size gt 11 and size le 12', true],
    ['size lt 12 or size ge 13', false],
    ['size eq -12', false],
    ['mail eq null', true],
    ['mail ne null', false],
    ["mail eq 'x'", false],
    ['receivedDateTime ge 2019-04-01', true],
    ['receivedDateTime gt 2019-04-01T12:00:00+02:00', false],
    ['receivedDateTime eq 2019-04-01T12:00:00.000+02:00', true],
    ["from/emailAddress/address eq 'anna@example.com'", true],
    ["startsWith(displayName,'ANNA')", true],
    ["endswith(displayName, 'neill') eq true", true],
    ["contains(displayName,'x') eq false", true],
    ["proxyAddresses/any(p:p eq 'smtp:A@example.com')", true],
    ["proxyAddresses/any(p: startsWith(p, 'x500:'))", false],
    ["proxyAddresses/all(p: contains(p, 'example'))", true],
    ['proxyAddresses/any()', true],
    ['assignedLicenses/any(l:l/skuId eq 05e9a617-0261-4cee-bb44-138d3ef5d965)', true],
    ['assignedLicenses/$count ne 0', true],
    ["singleValueExtendedProperties/any(ep: ep/id eq 'Integer 0x0E07' and ep/value eq '1')", true],
    ["singleValueExtendedProperties/any(ep: ep/id eq 'Integer 0x0E07' and cast(ep/value, Edm.Int32) gt 1)", false],
    ["tolower(displayName) eq 'anna o''neill'", true],
    ['length(displayName) eq 12', true],
    ['size in (1, 12)', true],
    ["displayName in ('x')", false],
    ["size eq 1 or size eq 12 and displayName eq 'x'", false],
    ["(size eq 1 or size eq 12) and startswith(displayName,'a')", true],
  ])('%s is %s', (text, expected) => {
    expect(matchesFilter(parseFilter(text), item)).toBe(expected)
  })

  it.each([
    '',
    'size',
    'size eq',
    "size eq 'x",
    'size eq 1 and',
    '(size eq 1',
    'size eq 1)',
    'size like 1',
    'round(size) eq 1',
    "'x'",
    'size ! 1',
    'a/any(b c)',
  ])('refuses %j', (text) => {
    if (text === 'size') expect(matchesFilter(parseFilter(text), item)).toBe(false)
    else expect(() => parseFilter(text)).toThrow(GraphError)
  })

  it('says which properties it reads', () => {
    expect(filterProperties(parseFilter("from/emailAddress/address eq 'x' and a/any(p:p/b eq c) or not isRead"))).toEqual([
      'from',
      'a',
      'c',
      'isRead',
    ])
  })

  it('never fails but with a refusal, and finds any string that it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(matchesFilter(parseFilter(`a eq '${text.replaceAll("'", "''")}'`), { a: text })).toBe(true)
        try {
          parseFilter(text)
        } catch (error) {
          expect(error).toBeInstanceOf(GraphError)
        }
      }),
    )
  })

  it('is refused when it nests without end', () => {
    expect(() => parseFilter(`${'('.repeat(1000)}a eq 1`)).toThrow('node count limit')
    expect(() => parseFilter(`${'not '.repeat(1000)}a`)).toThrow('node count limit')
  })
})

describe('a query', () => {
  const rules: QueryRules = {
    type: 'microsoft.graph.message',
    options: ['$select', '$filter', '$orderby', '$top', '$skip', '$count', '$expand', '$search', '$skiptoken'],
    properties: new Set(['id', 'subject', 'size']),
    expandable: ['singleValueExtendedProperties', 'attachments'],
    topMax: 999,
  }
  const parse = (text: string) => parseQuery(new URLSearchParams(text), rules)

  it('is parsed with all its options', () => {
    const query = parse(
      '$select=id,subject&$filter=size gt 1&$orderby=subject desc,size&$top=10&$skip=20&$count=true&$skiptoken=abc&$search="subject:x y" AND z&' +
        "$expand=singleValueExtendedProperties($filter=id eq 'String 0x66b5' or id eq 'a;b'),attachments($select=id,name;$top=2)",
    )
    expect(query).toMatchObject({
      select: ['id', 'subject'],
      orderBy: [
        { path: ['subject'], isDescending: true },
        { path: ['size'], isDescending: false },
      ],
      top: 10,
      skip: 20,
      count: true,
      skipToken: 'abc',
      search: [
        [
          { property: 'subject', text: 'x y' },
          { property: undefined, text: 'z' },
        ],
      ],
      expand: [{ property: 'singleValueExtendedProperties' }, { property: 'attachments', select: ['id', 'name'], top: 2 }],
    })
    const [svep] = query.expand
    expect(svep?.filter !== undefined && matchesFilter(svep.filter, { id: 'string 0x66b5' })).toBe(true)
  })

  it('may be written without dollars; names that are no option are left alone', () => {
    expect(parse('select=id&top=5&includeHiddenFolders=true')).toMatchObject({ select: ['id'], top: 5 })
  })

  it.each([
    ['$foo=1', "The query parameter '$foo' is not supported."],
    ['$deltatoken=x', "Unsupported query option '$deltatoken' on type 'microsoft.graph.message'."],
    ['$top=1&$top=2', "Query option '$top' was specified more than once"],
    ['$top=1&top=2', "Query option '$top' was specified more than once"],
    ['$top=abc', "Invalid value 'abc' for $top"],
    ['$top=0', "Invalid page size specified: '0'. Must be between 1 and 999 inclusive."],
    ['$top=1000', "Invalid page size specified: '1000'"],
    ['$skip=-1', "Invalid value '-1' for $skip"],
    ['$count=yes', "Invalid value 'yes' for $count"],
    ['$select=colour', "Could not find a property named 'colour' on type 'microsoft.graph.message'."],
    ["$filter=colour eq 'x'", "Could not find a property named 'colour'"],
    ['$orderby=colour', "Could not find a property named 'colour'"],
    ['$orderby=size up', 'Syntax error in the $orderby clause'],
    ['$expand=children', "Could not find a property named 'children'"],
    ['$expand=attachments($levels=2)', "The query option '$levels' is not supported in $expand."],
    ['$search="x', 'unterminated phrase'],
    ['$search=x OR', 'Syntax error'],
  ])('refuses %s', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })

  it('sorts', () => {
    const list = [{ a: 'b', n: 1 }, { a: 'A', n: 1 }, { n: 3 }, { a: 'b', n: 2 }]
    expect(
      sortBy(list, [
        { path: ['a'], isDescending: false },
        { path: ['n'], isDescending: true },
      ]),
    ).toEqual([{ n: 3 }, { a: 'A', n: 1 }, { a: 'b', n: 2 }, { a: 'b', n: 1 }])
  })
})
