/** Graph's `localeInfo`. */
export interface LocaleInfo {
  readonly locale: string
  /** In the language itself. */
  readonly displayName: string
}

/** The languages of Outlook on the web. */
const supported = `
  af-ZA am-ET ar-AE ar-BH ar-DZ ar-EG ar-IQ ar-JO ar-KW ar-LB ar-LY ar-MA ar-OM ar-QA ar-SA ar-SY ar-TN ar-YE
  as-IN az-Latn-AZ be-BY bg-BG bn-BD bn-IN bs-Latn-BA ca-ES cs-CZ cy-GB da-DK de-AT de-CH de-DE de-LI de-LU
  el-GR en-AU en-BZ en-CA en-GB en-IE en-IN en-JM en-MY en-NZ en-PH en-SG en-TT en-US en-ZA en-ZW es-AR es-BO
  es-CL es-CO es-CR es-DO es-EC es-ES es-GT es-HN es-MX es-NI es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE
  et-EE eu-ES fa-IR fi-FI fil-PH fr-BE fr-CA fr-CH fr-FR fr-LU fr-MC ga-IE gl-ES gu-IN he-IL hi-IN hr-BA hr-HR
  hu-HU hy-AM id-ID is-IS it-CH it-IT ja-JP ka-GE kk-KZ km-KH kn-IN ko-KR kok-IN lb-LU lo-LA lt-LT lv-LV mi-NZ
  mk-MK ml-IN mr-IN ms-BN ms-MY mt-MT nb-NO ne-NP nl-BE nl-NL nn-NO or-IN pa-IN pl-PL pt-BR pt-PT quz-PE ro-RO
  ru-RU sk-SK sl-SI sq-AL sr-Cyrl-BA sr-Cyrl-RS sr-Latn-RS sv-FI sv-SE sw-KE ta-IN te-IN th-TH tr-TR uk-UA
  ur-PK uz-Latn-UZ vi-VN zh-CN zh-HK zh-MO zh-SG zh-TW
`
  .trim()
  .split(/\s+/)

let listed: readonly LocaleInfo[] | undefined

/** Every language that a mailbox may have. */
export function supportedLocales(): readonly LocaleInfo[] {
  return (listed ??= supported.map(localeInfo))
}

/** The supported locale of this name, in any case. */
export function findLocale(name: string): LocaleInfo | undefined {
  const locale = supported.find((one) => one.toLowerCase() === name.toLowerCase())
  return locale === undefined ? undefined : localeInfo(locale)
}

/** The pattern of a day in a locale as Exchange writes it: `dd.MM.yyyy`. */
export function dateFormatOf(locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, { ...plain, dateStyle: 'short', calendar: 'gregory' }).formatToParts(sampleMs)
  const letters = (letter: string, written: string) => letter.repeat(written.length)
  return parts
    .map(({ type, value }) => {
      if (type === 'year') return 'yyyy'
      if (type === 'month') return letters('M', value)
      return type === 'day' ? letters('d', value) : printable(value)
    })
    .join('')
}

/** The pattern of a time likewise: `HH:mm`, `h:mm tt`. */
export function timeFormatOf(locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, { ...plain, timeStyle: 'short' }).formatToParts(sampleMs)
  const hour = parts.some(({ type }) => type === 'dayPeriod') ? 'h' : 'H'
  return parts
    .map(({ type, value }) => {
      if (type === 'hour') return hour.repeat(value.length)
      if (type === 'minute') return 'mm'
      return type === 'dayPeriod' ? 'tt' : printable(value)
    })
    .join('')
}

/** 3 February 2001, 9:05: every number shows whether it is written with a zero. */
const sampleMs = Date.UTC(2001, 1, 3, 9, 5)
const plain = { timeZone: 'UTC', numberingSystem: 'latn' } as const

function localeInfo(locale: string): LocaleInfo {
  return { locale, displayName: new Intl.DisplayNames([locale], { type: 'language', languageDisplay: 'standard' }).of(locale) ?? locale }
}

/** Without marks of direction; narrow spaces are spaces. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cf}/gu, '').replaceAll(/\s/gu, ' ')
}
