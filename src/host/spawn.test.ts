import { describe, expect, it } from 'vitest'
import { notFound, timedOut } from './exit-codes.ts'
import { leanShell } from './lean-spawn.ts'
import { localShell } from './spawn.ts'

describe.each([
  ['spawn', localShell()],
  ['lean-spawn', leanShell('this machine')],
] as const)('%s', (_, here) => {
  it('a failing command is a value with its code and both streams', async () => {
    expect(await here.run(['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  it('a command that does not exist answers 127', async () => {
    expect((await here.run(['no-such-command-of-bateau'])).code).toBe(notFound)
  })

  it('lines of both streams are followed as they come', async () => {
    const lines: string[] = []
    await here.run(['sh', '-c', 'echo one; echo two >&2; echo three'], { onLine: (line) => lines.push(line) })
    expect(lines.toSorted()).toEqual(['one', 'three', 'two'])
  })

  it('a command past its time is stopped and answers 124', async () => {
    expect((await here.run(['sleep', '60'], { timeout: 50 })).code).toBe(timedOut)
  })

  it('standard input is given whole, and is empty when none is given', async () => {
    expect((await here.run(['cat'], { stdin: 'é\n' })).stdout).toBe('é\n')
    expect((await here.run(['cat'])).stdout).toBe('')
  })

  it('what is only followed is not kept', async () => {
    const lines: string[] = []
    const ran = await here.run(['sh', '-c', 'echo one; echo two >&2; exit 5'], {
      keep: false,
      onLine: (line) => lines.push(line),
    })
    expect(lines.toSorted()).toEqual(['one', 'two'])
    expect(ran).toEqual({ code: 5, stdout: '', stderr: '' })
  })

  it('a signal stops the command, also one that is given already', async () => {
    const stop = new AbortController()
    const sleeping = here.run(['sleep', '60'], { signal: stop.signal })
    stop.abort()
    expect((await sleeping).code).toBe(timedOut)
    expect((await here.run(['sleep', '60'], { signal: stop.signal })).code).toBe(timedOut)
  })

  it('letters that are cut between two reads stay whole, and a last line needs no line break', async () => {
    const lines: string[] = []
    const script = String.raw`printf 'caf\303'; sleep 0.1; printf '\251\nfin'`
    const ran = await here.run(['sh', '-c', script], { onLine: (line) => lines.push(line) })
    expect(lines).toEqual(['café', 'fin'])
    expect(ran.stdout).toBe('café\nfin')
  })

  it('a command that does not read what it is given is no trouble', async () => {
    expect((await here.run(['true'], { stdin: 'x'.repeat(1_000_000) })).code).toBe(0)
  })
})
