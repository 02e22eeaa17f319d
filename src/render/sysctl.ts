// Decides how a file of kernel parameters is written.
// Leaves which parameters to delivery/.
import { file, type RenderedFile } from '../core/step.ts'

export type KernelParameter = {
  /** Path under /proc/sys in its parts, so that an interface name with a dot (`eno1.100`) stays one part. */
  path: readonly string[]
  value: number
  why: string
  /** The parameter may be absent when the file is applied (an interface that comes later): no error then. */
  absentIsFine?: boolean
}

/** The key with slashes, as both sysctl(8) and systemd-sysctl(8) take it. */
export const sysctlKey = (parameter: KernelParameter): string => parameter.path.join('/')

/** sysctl.d(5). systemd applies it at boot, and again to each interface when that appears. */
export function sysctlFile(
  path: string,
  comment: readonly string[],
  parameters: readonly KernelParameter[],
): RenderedFile {
  const lines = parameters.flatMap((parameter) => [
    '',
    `# ${parameter.why}`,
    `${parameter.absentIsFine ? '-' : ''}${sysctlKey(parameter)} = ${parameter.value}`,
  ])
  return file(path, [...comment.map((line) => `# ${line}`), ...lines].join('\n'))
}
