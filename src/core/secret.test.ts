import { expect, it } from 'vitest'
import { redact, reference, references, resolve, Secret } from './secret.ts'

const vault = { get: (name: string) => new Secret(`value-of-${name}`) }

it('a text refers to a secret without holding it, until it is resolved', () => {
  const text = `password = ${reference('nova/db')} # ${reference('nova/db')} ${reference('rabbit')}`
  expect(text).not.toContain('value-of')
  expect(references(text)).toEqual(['nova/db', 'rabbit'])
  expect(resolve(text, vault)).toBe('password = value-of-nova/db # value-of-nova/db value-of-rabbit')
})

it('a secret with a dollar sign is put in as it is', () => {
  expect(resolve(reference('a'), { get: () => new Secret("$& $1 $'") })).toBe("$& $1 $'")
})

it('known secrets are taken out of what came back', () => {
  expect(redact('login with s3cret-s3cret failed', [new Secret('s3cret-s3cret')])).toBe(
    'login with ••• failed',
  )
})
