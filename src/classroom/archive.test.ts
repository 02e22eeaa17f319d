// The archive of all hand-outs: what is in it, for whom, and that it changes only with them.
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { archive } from './archive.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const handouts = new Map([
  ['zoe', [{ name: 'fiche.html', content: bytes('é') }]],
  [
    'ada',
    [
      { name: 'clouds.yaml', content: bytes('clouds: {}\n') },
      { name: 'id_ed25519', content: bytes('secret') },
    ],
  ],
])

describe('the archive', () => {
  it('has a directory for each, with their own files only', () => {
    const files = unzipSync(archive('nets-2027', '2027-02-01', handouts))
    expect(Object.keys(files)).toEqual([
      'nets-2027/ada/clouds.yaml',
      'nets-2027/ada/id_ed25519',
      'nets-2027/zoe/fiche.html',
    ])
    expect(new TextDecoder().decode(files['nets-2027/zoe/fiche.html'])).toBe('é')
  })

  it('is the same for the same files, in whatever order and time zone', () => {
    const before = process.env['TZ']
    const reversed = new Map([...handouts].reverse().map(([login, files]) => [login, files.toReversed()]))
    try {
      process.env['TZ'] = 'Pacific/Auckland'
      const there = archive('nets-2027', '2027-02-01', reversed)
      process.env['TZ'] = 'America/New_York'
      expect(Buffer.compare(archive('nets-2027', '2027-02-01', handouts), there)).toBe(0)
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
  })

  it('gives each extracted file to its owner alone', () => {
    const zip = Buffer.from(archive('nets-2027', '2027-02-01', handouts))
    // Central directory file headers (APPNOTE 4.3.12): made by at 4, external attributes at 38.
    const head = Buffer.from('PK\u0001\u0002')
    const at: number[] = []
    for (let i = zip.indexOf(head); i >= 0; i = zip.indexOf(head, i + 1)) at.push(i)
    expect(at).toHaveLength(3)
    for (const one of at) {
      expect(zip.readUInt8(one + 5)).toBe(3)
      expect((zip.readUInt32LE(one + 38) >>> 16).toString(8)).toBe('100600')
    }
  })
})

it('encrypted with age it opens for the recipient, and for nobody else', async () => {
  const [mine, other] = [await generateIdentity(), await generateIdentity()]
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(mine))
  const zip = archive('nets-2027', '2027-02-01', handouts)
  const sealed = await encrypter.encrypt(zip)
  const open = (identity: string) => {
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    return decrypter.decrypt(sealed)
  }
  expect(Buffer.compare(await open(mine), zip)).toBe(0)
  await expect(open(other)).rejects.toThrow()
})
