import { describe, expect, it } from 'vitest'
import { formBetween, itemNounAt, itemNounBetween } from '../../../src/control/item-noun.ts'

describe('items are called what they are', () => {
  it.each([
    ['m365://fabrikam/a@fabrikam.com', 'm365://contoso/a@contoso.com', 'exchange', 'item'],
    ['m365://fabrikam/a@fabrikam.com?archive=1', 'm365://contoso/a@contoso.com', 'exchange', 'item'],
    ['imaps://a@old.example', 'm365://contoso/a@contoso.com', 'mail', 'message'],
    ['m365://contoso/a@contoso.com', 'maildir:/srv/a', 'mail', 'message'],
    ['imaps://a@old.example', 'imaps://a@new.example', 'mail', 'message'],
    ['odd:a', 'imaps://a@new.example', undefined, 'message'],
  ])('from %s to %s', (source, target, form, noun) => {
    expect(formBetween(source, target)).toBe(form)
    expect(itemNounBetween(source, target)).toBe(noun)
  })

  it('at one endpoint by the best form that it gives', () => {
    expect(['m365://contoso/a@contoso.com', 'imaps://a@old.example'].map(itemNounAt)).toEqual(['item', 'message'])
  })
})
