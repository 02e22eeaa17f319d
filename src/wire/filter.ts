// Decides which frames the kernel hands over when a server is listened to: a classic BPF program (bpf(4), Linux
// Documentation/networking/filter.rst), so that a busy uplink is not copied to anybody.
// Leaves attaching it to host/ear.
import { concat, word8 } from './bytes.ts'

/**
 * `control`: ICMPv6, DHCPv6, and whatever stands behind extension headers.
 * With `echo`, of echo requests and replies only those with one of these identifiers.
 */
export type Filter = { echo?: readonly number[] }

/** Bytes kept of a frame: one that is allowed on Ethernet, whole. */
export const snapLength = 2048

/** Load, jump and return, as linux/bpf_common.h numbers them. */
const code = { loadHalf: 0x28, loadByte: 0x30, jumpEqual: 0x15, jumpAtLeast: 0x35, accept: 0x06 } as const
type Line = { code: number; value: number; yes?: string; no?: string; label?: string }

/** Instructions of 8 bytes in the machine's own order (little-endian on every machine that bateau knows). */
export function filterProgram(filter: Filter): Uint8Array {
  return assemble([
    { code: code.loadHalf, value: 12 },
    { code: code.jumpEqual, value: 0x86dd, yes: 'plain' },
    { code: code.jumpEqual, value: 0x8100, no: 'drop' },
    { code: code.loadHalf, value: 16 },
    { code: code.jumpEqual, value: 0x86dd, yes: 'tagged', no: 'drop' },
    ...packet('plain', 14, filter),
    ...packet('tagged', 18, filter),
    { code: code.accept, value: 0, label: 'drop' },
    { code: code.accept, value: snapLength, label: 'take' },
  ])
}

/** The IPv6 packet that begins at `at`. */
function packet(name: string, at: number, { echo }: Filter): Line[] {
  const payload = at + 40
  const ids = echo ?? []
  return [
    { label: name, code: code.loadByte, value: at + 6 },
    { code: code.jumpEqual, value: 58, yes: `${name}-icmp` },
    { code: code.jumpEqual, value: 17, yes: `${name}-udp` },
    ...[0, 43, 44].map((value) => ({ code: code.jumpEqual, value, yes: 'take' })),
    { code: code.jumpEqual, value: 60, yes: 'take', no: 'drop' },
    { label: `${name}-udp`, code: code.loadHalf, value: payload },
    ...[546, 547].map((value) => ({ code: code.jumpEqual, value, yes: 'take' })),
    { code: code.loadHalf, value: payload + 2 },
    { code: code.jumpEqual, value: 546, yes: 'take' },
    { code: code.jumpEqual, value: 547, yes: 'take', no: 'drop' },
    { label: `${name}-icmp`, code: code.loadByte, value: payload },
    ...(echo === undefined
      ? [{ code: code.jumpAtLeast, value: 0, yes: 'take', no: 'drop' }]
      : [
          { code: code.jumpAtLeast, value: 130, yes: 'take' },
          { code: code.jumpAtLeast, value: 128, no: 'take' },
          { code: code.loadHalf, value: payload + 4 },
          ...ids.map((value) => ({ code: code.jumpEqual, value, yes: 'take' })),
          { code: code.jumpAtLeast, value: 0, yes: 'drop', no: 'drop' },
        ]),
  ]
}

function assemble(lines: readonly Line[]): Uint8Array {
  const places = new Map(lines.flatMap(({ label }, i) => (label === undefined ? [] : [[label, i] as const])))
  return concat(
    ...lines.map((line, i) => {
      const distance = (label: string | undefined) =>
        label === undefined ? 0 : (places.get(label) ?? lines.length) - i - 1
      const [yes, no] = [distance(line.yes), distance(line.no)]
      if (yes > 255 || no > 255) throw new RangeError('too many identifiers for one filter')
      const value = Uint8Array.of(line.value & 0xff, (line.value >> 8) & 0xff, 0, 0)
      return concat(Uint8Array.of(line.code, 0), word8(yes), word8(no), value)
    }),
  )
}
