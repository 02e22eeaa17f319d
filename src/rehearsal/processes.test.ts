import { afterEach, expect, it } from 'vitest'
import { localShell } from '../host/spawn.ts'
import { startArgv, unitOf } from './daemon.ts'
import { markedEnv, processesOf, startOf, stopProcesses } from './processes.ts'
import { sampleInput, worldOf } from './sample-world.ts'

const world = worldOf({ ...sampleInput, name: `unit-${process.pid}` })

afterEach(async () => stopProcesses(await processesOf(world), 0))

/** A process that ignores SIGTERM, or not, and what it starts is its own. */
async function start(part: string, script: string) {
  const loop = `${script} while :; do read -r _ < "$fifo"; done`
  const ready = `fifo=$(mktemp -u) && mkfifo "$fifo" && exec 3<>"$fifo" && rm -f "$fifo" && fifo=/proc/self/fd/3 && ${loop}`
  const argv = ['env', ...markedEnv(world, part), 'setsid', '--fork', 'bash', '-c', ready, part] as const
  await localShell().run(['sh', '-c', '"$@" >/dev/null 2>&1', 'start', ...argv])
  await expect.poll(async () => (await processesOf(world, part)).map(({ name }) => name)).toContain('bash')
}

it('processes of a world are found by their mark and stopped, those of another part are left', async () => {
  await start('a', '')
  await start('b', '')
  await stopProcesses(await processesOf(world, 'a'), 5_000)
  expect((await processesOf(world)).map(({ part }) => part)).toEqual(['b'])
  await stopProcesses(await processesOf(world), 5_000)
  expect(await processesOf(world)).toEqual([])
})

it('one that does not hear is killed', async () => {
  await start('deaf', "trap '' TERM;")
  await stopProcesses(await processesOf(world, 'deaf'), 100)
  expect(await processesOf(world)).toEqual([])
})

it('a number given again to another process is not the process that was', async () => {
  const start = await startOf(process.pid)
  expect(start).toMatch(/^\d+$/)
  await stopProcesses([{ pid: process.pid, start: '1', name: 'gone', part: '' }], 0)
  expect(await startOf(process.pid)).toBe(start)
})

it('a daemon gets a unit where systemd is, and a session of its own elsewhere; marked both ways', () => {
  const daemon = { name: 'kea', argv: ['kea-dhcp6'] as const, configuration: '' }
  const [runner, ...unit] = startArgv(world, daemon, true)
  expect(runner).toBe('systemd-run')
  expect(unit).toContain(`--unit=${unitOf(world, 'kea')}`)
  expect(unit).toContain(`--setenv=BATEAU_REHEARSAL=${world.mark}`)
  expect(startArgv(world, { ...daemon, argv: ['sh', '-c', 'echo $1'] }, true)).toContain('echo $$1')
  const bare = startArgv(world, daemon, false)
  expect(bare).toContain('setsid')
  expect(bare).toContain(`BATEAU_REHEARSAL=${world.mark}`)
})
