import { expect, it } from 'vitest'
import { inotifyFaults } from './inotify.ts'

it.each([
  [1, 128, []],
  [10, 128, []],
  [11, 128, ['sysctl fs.inotify.max_user_instances=512']],
  [60, 512, ['sysctl fs.inotify.max_user_instances=1024']],
  [3, Number.NaN, []],
])('%s servers with a limit of %s', (servers, limit, fixes) => {
  expect(inotifyFaults(servers, limit).map(({ fix }) => fix)).toEqual(fixes)
})
