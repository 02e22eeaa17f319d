import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Secret } from '../core/secret.ts'
import { evidenceIn } from './evidence.ts'

it('what is fetched of a failure is for the user alone, and holds no secret', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bateau-evidence-'))
  try {
    const keep = evidenceIn({ dir }, () => [new Secret('hunter2hunter2')])
    keep('os1', 'stack.sh.log', 'an older one')
    const path = keep('os1', 'stack.sh.log', 'mysql -phunter2hunter2 failed')
    expect(readFileSync(path, 'utf8')).toBe('mysql -p••• failed')
    expect(statSync(path).mode & 0o077).toBe(0)
    expect(path).toBe(join(dir, 'evidence/os1/stack.sh.log'))
  } finally {
    rmSync(dir, { recursive: true })
  }
})
