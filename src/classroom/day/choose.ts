// Decides which seats are meant by names on a command line: students, seats (teams) and groups.
// Leaves what is done with them to the deeds.
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Seat } from '../seats.ts'

/** All when no name is given. Throws Trouble `no-such-seat` for the first name that is none of them anywhere. */
export function choose<S extends Seat>(seats: readonly S[], names: readonly string[]): S[] {
  if (names.length === 0) return [...seats]
  const unknown = names.find((name) => !seats.some((seat) => isNamed(seat, name)))
  if (unknown !== undefined) throw new Trouble(noSuch(unknown, seats))
  return seats.filter((seat) => names.some((name) => isNamed(seat, name)))
}

const isNamed = ({ name, group, members }: Seat, wanted: string) =>
  name === wanted || group === wanted || members.some(({ login }) => login === wanted)

function noSuch(name: string, seats: readonly Seat[]): Fault {
  const groups = [...new Set(seats.flatMap(({ group }) => (group === null ? [] : [group])))]
  return {
    code: 'no-such-seat',
    title: `there is no student, team or group ${name} in the clouds that answer`,
    why: `groups: ${groups.join(', ') || 'none'}; students: ${seats.length > 8 ? `${seats.length}, such as ${seats[0]?.name}` : seats.map((one) => one.name).join(', ')}`,
    fix: 'bateau class status shows who there is',
  }
}
