// Decides what is said when a thing of ours in the cloud is not as the plan has it and cannot be changed under its users.
// Leaves changing it to a person.
import { type Fault, Trouble } from '../core/fault.ts'

/** Throws Trouble `cloud-differs` for the first field that is not as wanted. */
export function sameOr(
  kind: string,
  name: string,
  fields: Readonly<Record<string, readonly [unknown, unknown]>>,
): void {
  for (const [field, [seen, wanted]] of Object.entries(fields))
    if (seen !== wanted) throw new Trouble(differs(kind, name, field, String(seen), String(wanted)))
}

function differs(kind: string, name: string, field: string, seen: string, wanted: string): Fault {
  return {
    code: 'cloud-differs',
    title: `${kind} ${name} of the cloud has another ${field} than the plan`,
    why: `it has ${seen}, and the plan ${wanted}; instances hang on it, so it is not changed under them`,
    fix: 'put the course file back as it was, or take the cloud down and up again: bateau down, then bateau up',
  }
}
