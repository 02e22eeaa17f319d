import { expect, it } from 'vitest'
import { refusal } from './failure.ts'

const url = new URL('http://[::1]:9696/v2.0/routers')

it.each([
  ['Keystone', 409, '{"error": {"message": "Conflict occurred", "code": 409}}', 'Conflict occurred'],
  [
    'Nova',
    400,
    '{"badRequest": {"code": 400, "message": "Invalid key_name provided."}}',
    'Invalid key_name provided.',
  ],
  [
    'Neutron',
    400,
    '{"NeutronError": {"type": "X", "message": "Bad router request", "detail": ""}}',
    'Bad router request',
  ],
  [
    'Glance',
    409,
    '<html><head><title>409 Conflict</title></head><body><h1>409 Conflict</h1>\nInvalid image</body></html>',
    '409 Conflict Invalid image',
  ],
  ['a proxy', 502, 'upstream is gone', 'upstream is gone'],
] as const)('the words of %s are found in its answer', (_, status, said, words) => {
  expect(refusal('make a router', url, status, said).fault.why).toBe(
    `http://[::1]:9696/v2.0/routers answered ${status}: ${words}`,
  )
})

it('an exceeded quota is not a missing right', () => {
  const said =
    '{"forbidden": {"message": "Quota exceeded for instances: Requested 1, but already used 2 of 2"}}'
  expect(refusal('create an instance', url, 403, said).fault.code).toBe('cloud-quota')
  expect(refusal('create an instance', url, 403, '{"forbidden": {"message": "no"}}').fault.code).toBe(
    'cloud-forbidden',
  )
})

it('only an answer of 500 and more leaves it open whether it was done', () => {
  expect([400, 403, 409, 429, 500, 501, 503].map((status) => refusal('x', url, status, '').unsure)).toEqual([
    false,
    false,
    false,
    false,
    true,
    false,
    true,
  ])
})
