// Decides what an IPv6 address and an IPv6 prefix are, and how prefixes are carved.
// Leaves which prefix serves for what to plan/addressing.
import { isIPv4, isIPv6 } from 'node:net'
import { bad, good, type Outcome } from './fault.ts'

const allOnes = (1n << 128n) - 1n

/** An IPv6 address as its 128 bits. Text form is RFC 5952. */
export class Address {
  readonly bits: bigint
  private constructor(bits: bigint) {
    this.bits = bits
  }

  static fromBits(bits: bigint): Address {
    if (bits < 0n || bits > allOnes) throw new RangeError('an IPv6 address has 128 bits')
    return new Address(bits)
  }

  /** Reads RFC 4291 section 2.2 text. Zones (`%eno1`), lengths (`/64`) and IPv4 are refused. Fault code: `bad-address`. */
  static parse(text: string): Outcome<Address> {
    if (!isIPv6(text) || text.includes('%')) return bad(badAddress(text))
    return good(new Address(bitsOf(text)))
  }

  /** For literals in code and tests. Throws RangeError on anything that `parse` refuses. */
  static of(text: string): Address {
    const parsed = Address.parse(text)
    if (!parsed.ok) throw new RangeError(`not an IPv6 address: ${text}`)
    return parsed.value
  }

  /**
   * The address that SLAAC makes in `prefix` for a network card with this MAC (modified EUI-64, RFC 4291 appendix A).
   * Neutron gives it to ports of subnets with ipv6_address_mode=slaac.
   */
  static eui64(prefix: Prefix, mac: string): Address {
    if (prefix.length !== 64) throw new RangeError('SLAAC needs a /64')
    const bytes = mac.split(':').map((part) => Number.parseInt(part, 16))
    const [a, b, c, d, e, f] = bytes
    if (bytes.length !== 6 || a === undefined || bytes.some((byte) => !(byte >= 0 && byte <= 255)))
      throw new RangeError(`not a MAC address: ${mac}`)
    const id = [a ^ 2, b, c, 0xff, 0xfe, d, e, f].reduce<bigint>(
      (n, byte) => (n << 8n) | BigInt(byte ?? 0),
      0n,
    )
    return new Address(prefix.network.bits | id)
  }

  plus(count: bigint | number): Address {
    return Address.fromBits(this.bits + BigInt(count))
  }
  equals(other: Address): boolean {
    return this.bits === other.bits
  }
  isLinkLocal(): boolean {
    return linkLocal.containsAddress(this)
  }
  /** RFC 5952 section 4: lower case, no leading zeros, the longest run of two or more zero groups as `::`. */
  toString(): string {
    const groups = Array.from({ length: 8 }, (_, i) => Number((this.bits >> BigInt(112 - 16 * i)) & 0xffffn))
    let best = { at: -1, size: 1 }
    for (let i = 0; i < 8; i++) {
      let size = 0
      while (i + size < 8 && groups[i + size] === 0) size++
      if (size > best.size) best = { at: i, size }
    }
    const text = (part: number[]) => part.map((g) => g.toString(16)).join(':')
    if (best.at < 0) return text(groups)
    return `${text(groups.slice(0, best.at))}::${text(groups.slice(best.at + best.size))}`
  }
  toJSON(): string {
    return this.toString()
  }
}

/** An IPv6 prefix: network and length; the bits after the length are zero. */
export class Prefix {
  readonly network: Address
  readonly length: number
  private constructor(network: Address, length: number) {
    this.network = network
    this.length = length
  }

  /** Reads `network/length`. Fault codes: `bad-prefix`, `host-bits` (2001:db8::1/56: bits set after the length). */
  static parse(text: string): Outcome<Prefix> {
    const match = /^([^/]+)\/(\d{1,3})$/.exec(text)
    const length = Number(match?.[2])
    const address = match?.[1] === undefined ? undefined : Address.parse(match[1])
    if (!address?.ok || length > 128)
      return bad({
        code: 'bad-prefix',
        title: `not an IPv6 prefix: ${text}`,
        why: 'a prefix is an IPv6 address, a slash and a length from 0 to 128',
        fix: 'write it as the provider shows it, for example 2001:db8:17::/56',
      })
    const prefix = Prefix.at(address.value, length)
    if (!prefix.network.equals(address.value))
      return bad({
        code: 'host-bits',
        title: `${text} has bits set after its length`,
        why: `the first ${length} bits name the block ${prefix}; the rest must be zero`,
        fix: `write ${prefix}`,
      })
    return good(prefix)
  }

  /** For literals in code and tests. Throws RangeError on anything that `parse` refuses. */
  static of(text: string): Prefix {
    const parsed = Prefix.parse(text)
    if (!parsed.ok) throw new RangeError(`not an IPv6 prefix: ${text}`)
    return parsed.value
  }

  /** The prefix of this length that holds the address. */
  static at(address: Address, length: number): Prefix {
    if (!Number.isInteger(length) || length < 0 || length > 128) throw new RangeError('a length is 0 to 128')
    return new Prefix(
      Address.fromBits((address.bits >> BigInt(128 - length)) << BigInt(128 - length)),
      length,
    )
  }

  /** How many prefixes of this length fit in this one. */
  count(length: number): bigint {
    return length < this.length ? 0n : 1n << BigInt(length - this.length)
  }
  /** The n-th (from 0) prefix of the given length inside this one, or undefined past the last. */
  nth(length: number, n: bigint | number): Prefix | undefined {
    if (length > 128 || BigInt(n) < 0n || BigInt(n) >= this.count(length)) return undefined
    return new Prefix(Address.fromBits(this.network.bits + (BigInt(n) << BigInt(128 - length))), length)
  }
  /** The n-th address inside; `host(1)` is `::1`. Throws RangeError past the last. */
  host(n: bigint | number): Address {
    if (BigInt(n) >= 1n << BigInt(128 - this.length)) throw new RangeError(`${this} has no address ${n}`)
    return this.network.plus(n)
  }
  containsAddress(address: Address): boolean {
    return address.bits >> BigInt(128 - this.length) === this.network.bits >> BigInt(128 - this.length)
  }
  contains(other: Prefix): boolean {
    return other.length >= this.length && this.containsAddress(other.network)
  }
  overlaps(other: Prefix): boolean {
    return this.contains(other) || other.contains(this)
  }
  equals(other: Prefix): boolean {
    return this.length === other.length && this.network.equals(other.network)
  }
  toString(): string {
    return `${this.network}/${this.length}`
  }
  toJSON(): string {
    return this.toString()
  }
}

function bitsOf(text: string): bigint {
  const last = text.slice(text.lastIndexOf(':') + 1)
  const v4 = isIPv4(last) ? last.split('.').map(Number) : undefined
  const hex = v4
    ? `${text.slice(0, text.length - last.length)}${word(v4[0], v4[1])}:${word(v4[2], v4[3])}`
    : text
  const [head = '', tail] = hex.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  return all.reduce((n, group) => (n << 16n) | BigInt(Number.parseInt(group, 16)), 0n)
}

function word(high = 0, low = 0): string {
  return ((high << 8) | low).toString(16)
}

function badAddress(text: string) {
  return {
    code: 'bad-address',
    title: `not an IPv6 address: ${text}`,
    why: 'an IPv6 address is up to eight groups of hexadecimal digits with colons between them',
    fix: 'write it without a length or a zone, for example 2001:db8:17::1',
  }
}

const linkLocal = Prefix.at(Address.fromBits(0xfe80n << 112n), 10)
