// Holds whom SSH logs in as to what can be a user's name: students write the metadata of their instances.
import { expect, it } from 'vitest'
import { guestMetadata, guestUser } from './guest.ts'

it.each([
  ['debian', 'debian'],
  ['cloud-user', 'cloud-user'],
  ['-oProxyCommand=touch /tmp/x', 'root'],
  ['a\u0000b', 'root'],
  ['ada lovelace', 'root'],
  ['', 'root'],
])('%j is logged in as %s', (said, user) => {
  expect(guestUser({ metadata: guestMetadata(said, 'image') })).toBe(user)
})
it('nothing said is root', () => expect(guestUser({ metadata: {} })).toBe('root'))
