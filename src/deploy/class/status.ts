// Decides what `bateau class status` says: who has what, and where.
// Leaves making it so to up and class apply.
import { projectName } from '../../classroom/input.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { type ClassCloud, type ClassOptions, withClass } from './open-class.ts'

export function classStatus(options: ClassOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withClass('class status', options, face, signal, async ({ run, clouds }) => {
    const rows = (await Promise.all(clouds.map(rowsOf))).flat()
    const line = ({ cloud, group, login, enrolled, instances }: Row) =>
      `  ${cloud}  ${group}  ${login}  ${enrolled ? `enrolled, ${instances} instances` : 'not enrolled'}`
    run.emit({
      type: 'report',
      kind: 'class-status',
      text: rows.map(line).join('\n'),
      data: { students: rows },
    })
    return exits.done
  })
}

type Row = { cloud: string; group: string; login: string; enrolled: boolean; instances: number }

async function rowsOf({ name, input, survey }: ClassCloud): Promise<Row[]> {
  const [{ projects }, servers] = await Promise.all([survey.people.read(), survey.servers.read()])
  return input.groups.flatMap((group) =>
    group.students.map(({ login }) => {
      const project = projects.find((one) => one.name === projectName(input.course, login))
      const instances = servers.filter((one) => one.tenant_id === project?.id).length
      return { cloud: name, group: group.name, login, enrolled: project !== undefined, instances }
    }),
  )
}
