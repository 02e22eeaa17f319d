import { expect, test } from 'vitest'
import { referencePage } from './reference.ts'

test('docs/course-file.md is the page that the schema makes', async () => {
  await expect(referencePage()).toMatchFileSnapshot('../../docs/course-file.md')
})
