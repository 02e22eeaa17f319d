// Decides what a class does on the rehearsal's real OpenStack: looked at from inside, changed by its roster, helped, examined, reset.
// Leaves building and taking down to voyage.test, and each command's own cases to the tests beside it.
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/run/events.ts'
import { authenticates } from '../../src/host/jump-way.ts'
import { localShell } from '../../src/host/spawn.ts'
import { type Berth, courseName, expectSound, of, type Ran } from './bateau.ts'
import { endState } from './end-state.ts'

const minutes = 60_000

const reportOf = (ran: Ran) => of(ran.events, 'report').at(-1)?.data as Record<string, unknown>
const done = (ran: Ran) => of(ran.events, 'step.done').map(({ id }) => id)

/** Tests of a class of three, all in tp-a, whose cloud stands; in this order. Afterwards the class is as it was. */
export function classDay(berth: Berth): void {
  const { course, roster } = berth
  const run = (...words: string[]) => berth.run(['class', ...words])
  const sound = async (...words: string[]) => {
    const ran = await run(...words)
    expectSound(ran)
    return ran
  }

  it(
    'each student finds what is due, boots and is reached, and no wall between them gives way',
    { timeout: 10 * minutes },
    async () => {
      const ran = await run('verify', course)
      const results = of(ran.events, 'check.result')
      expect(
        results.filter(({ verdict }) => verdict !== 'yes').map(({ id, seen }) => `${id}: ${seen}`),
      ).toEqual([])
      expect(ran.code).toBe(0)
      expect(results.filter(({ id }) => id.startsWith('wall/')).length).toBeGreaterThanOrEqual(70)
      for (const student of ['zoe-lefevre', 'amelie-ndiaye', 'jerome-muller'])
        expect(results.some(({ id }) => id.includes(student))).toBe(true)
      expect((await berth.run(['status'])).code).toBe(0)
    },
  )

  it(
    'a roster that changed closes who left and enrols who came, and touches nobody else',
    { timeout: 6 * minutes },
    async () => {
      const nothing = await sound('plan', course)
      expect(reportOf(nothing)).toMatchObject({ changes: [] })
      const before = readFileSync(roster, 'utf8')
      const came = '22109999;Curie;Marie;marie.curie@etu.example.org;TP A\n'
      writeFileSync(roster, `${before.replace(/^.*Müller.*\n/m, '')}${came}`)

      const applied = await sound('apply', course, '--yes')
      const steps = done(applied).filter((id) => id.startsWith('os1/'))
      expect(steps.some((id) => id.endsWith('marie-curie'))).toBe(true)
      expect(steps.some((id) => id.endsWith('jerome-muller'))).toBe(true)
      expect(steps.filter((id) => /zoe|amelie/.test(id))).toEqual([])
      const keys = await berth.ssh('os1', 'ls', '/etc/bateau/jump/keys')
      expect(keys.out).toContain('marie-curie')
      expect(keys.out).not.toContain('jerome-muller')

      const again = await sound('apply', course, '--yes')
      expect(of(again.events, 'step.started')).toEqual([])

      await sound('apply', course, '--delete-now', 'jerome-muller', '--yes')
      writeFileSync(roster, before)
      await sound('apply', course, '--delete-now', 'marie-curie', '--yes')
      expect(reportOf(await sound('plan', course))).toMatchObject({ changes: [] })
    },
  )

  it('what somebody took away by hand is seen and put back', { timeout: 4 * minutes }, async () => {
    const role = `delete a from assignment a join local_user u on u.user_id = a.actor_id where u.name = 'amelie-ndiaye'`
    expect(await berth.ssh('os1', 'mariadb', 'keystone', '-e', role)).toMatchObject({ code: 0, err: '' })
    await berth.ssh('os1', 'sh', '-c', 'systemctl restart memcached')
    expect(JSON.stringify(reportOf(await sound('plan', course)))).toContain('amelie-ndiaye')
    await sound('apply', course, '--yes')
    expect(reportOf(await sound('plan', course))).toMatchObject({ changes: [] })
  })

  it(
    'a run that is killed, a second teacher, Keystone restarted half-way: nothing is lost, doubled or left',
    { timeout: 8 * minutes },
    async () => {
      const [end, before] = [await endState(berth, 'os1'), readFileSync(roster, 'utf8')]
      writeFileSync(roster, `${before}22109998;Noether;Emmy;emmy.noether@etu.example.org;TP A\n`)
      const apply = ['class', 'apply', course, '--yes']
      // The first part of somebody: from then on the lock is held, and the project is half made.
      const isAtWork = (event: RunEvent) => event.type === 'step.line' && event.id.startsWith('os1/')
      const killed = await berth.run(apply, (event, kill) => {
        if (isAtWork(event)) kill()
      })
      expect(killed.signal).toBe('SIGKILL')

      const other = berth.second()
      let between: Promise<Ran> | undefined
      const ran = await berth.run(apply, (event, kill) => {
        if (!isAtWork(event) || between !== undefined) return
        kill('SIGSTOP')
        between = other.run(apply)
        void between.then(async () => {
          await berth.ssh('os1', 'systemctl', '--no-block', 'restart', 'keystone')
          kill('SIGCONT')
        })
      })
      const refused = await between
      other.remove()
      expect(refused?.code).toBe(3)
      expect(of(refused?.events ?? [], 'fault').map(({ fault }) => fault.code)).toContain('locked')
      expectSound(ran)
      expect((await endState(berth, 'os1')).match(/^.*emmy-noether$/gm)?.toSorted()).toEqual([
        'emmy-noether',
        `${courseName}-emmy-noether`,
      ])

      expect(reportOf(await sound('plan', course))).toMatchObject({ changes: [] })
      writeFileSync(roster, before)
      await sound('apply', course, '--delete-now', 'emmy-noether', '--yes')
      expect(await endState(berth, 'os1')).toBe(end)
    },
  )

  it(
    'a lesson and an exam: booted, entered, cut off and given back, reset and gone',
    { timeout: 12 * minutes },
    async () => {
      const everywhere = async () => {
        const ran = await run('exec', '--group', 'tp-a', '--', 'hostname')
        return { code: ran.code, text: of(ran.events, 'report').at(-1)?.text ?? '' }
      }
      await sound('boot', 'zoe-lefevre', '--each', 'tiny', '--count', '1')
      await expect.poll(everywhere, { timeout: 2 * minutes, interval: 2_000 }).toMatchObject({
        code: 0,
        text: expect.stringContaining('1 of 1 ended with 0') as string,
      })
      const status = await sound('status')
      expect(JSON.stringify(reportOf(status))).toContain('vm1')

      await sound('close', 'tp-a')
      expect(await everywhere()).toMatchObject({
        text: expect.stringContaining('1 not reached') as string,
      })
      await sound('open', 'tp-a')
      await expect.poll(everywhere, { timeout: 2 * minutes, interval: 2_000 }).toMatchObject({ code: 0 })
      expect(JSON.stringify(reportOf(await sound('usage')))).toContain('zoe-lefevre')

      await sound('freeze', 'tp-a')
      const cut = await everywhere()
      expect(cut).toMatchObject({ text: expect.stringContaining('1 not reached') as string })
      await sound('thaw', 'tp-a')
      await expect.poll(everywhere, { timeout: minutes, interval: 2_000 }).toMatchObject({ code: 0 })

      await sound('reset', 'zoe-lefevre', '--yes')
      await expect.poll(everywhere, { timeout: 2 * minutes, interval: 2_000 }).toMatchObject({ code: 0 })
      await sound('boot', '--remove', 'zoe-lefevre', '--yes')
      expect(reportOf(await sound('plan', course))).toMatchObject({ changes: [] })
    },
  )

  it('hand-outs go into an archive that only its owner reads, with the way through the jump host', async () => {
    const zip = join(berth.dir, 'handouts.zip')
    await sound('handouts', course, '--zip', zip)
    expect(statSync(zip).mode & 0o777).toBe(0o600)
    rmSync(zip)
    const handout = (name: string) => join(berth.state, 'students/zoe-lefevre', name)
    expect(readFileSync(handout('ssh_config'), 'utf8')).toContain('ProxyJump')

    const campus = localShell('the campus', ['nsenter', `--net=/run/netns/bateau-${courseName}-campus`])
    const knownHosts = handout('jump_known_hosts')
    const [, address = '', port = ''] = /^\[(.*)\]:(\d+) /.exec(readFileSync(knownHosts, 'utf8')) ?? []
    const way = {
      address,
      port: Number(port),
      user: 'zoe-lefevre',
      identityFile: handout('id_ed25519'),
      knownHosts,
    }
    expect(await authenticates(campus, way)).toMatchObject({ in: true })
  })
}
