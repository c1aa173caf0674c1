import fc from 'fast-check'

/**
 * Properties are tried with the same random values in every run, so that what passed once passes again on the same code.
 * `MAILVAN_SEED=random` looks further, and a number repeats one run; what a search finds is kept as a test of its own.
 */
const asked = process.env['MAILVAN_SEED'] ?? '20261130'
if (asked !== 'random' && !/^-?\d{1,10}$/.test(asked)) throw new Error('MAILVAN_SEED is a whole number or the word random.')

if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) })
