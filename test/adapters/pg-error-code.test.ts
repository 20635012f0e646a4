// Codes of errors are written to files, so only those of the database and of Node.js pass.
import { expect, test } from 'vitest'
import { errorCode } from '../../src/text/error-code.ts'

test.each([
  '23505',
  '57P01',
  'XX000',
  'ECONNREFUSED',
  'EAI_AGAIN',
  'E2BIG',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ABORT_ERR',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])('%s passes', (code) => {
  expect(errorCode(Object.assign(new Error('failed'), { code }))).toBe(code)
})

test.each([
  'anything',
  'ann@example.org',
  'E4111111111111111',
  'Ebert',
  'john',
  '',
  '235051',
  'ERR_ann',
  17,
  {},
])('an error with the code %j is named by its class', (code) => {
  expect(errorCode(Object.assign(new TypeError('failed'), { code }))).toBe('TypeError')
})

test('a name that is no class is not passed on either', () => {
  const error = Object.assign(new Error('failed'), { name: 'Ann Smith', code: 'anything' })
  expect(errorCode(error)).toBe('Error')
  expect(errorCode({ code: 'anything' })).toBe('Error')
  expect(errorCode('anything')).toBe('Error')
})

test('errors that pg makes itself keep the code that Node.js has for the same', () => {
  expect(errorCode(new Error('Query read timeout'))).toBe('ETIMEDOUT')
  expect(errorCode(Object.assign(new Error('Connection terminated'), { code: 'anything' }))).toBe(
    'ECONNRESET',
  )
})
