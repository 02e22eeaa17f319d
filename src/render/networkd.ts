// Decides how systemd-networkd's files are written and where they lie.
// Leaves what a link is to have to delivery/.
import { file, type RenderedFile } from '../core/step.ts'
import { systemdText, type Section } from './systemd-unit.ts'

/** Sections of systemd.network(5) that bateau uses; a misspelt one does not compile. */
export type NetworkSection = Section<
  'Match' | 'Link' | 'Network' | 'Address' | 'Route' | 'DHCPv6' | 'IPv6AcceptRA' | 'IPv6SendRA' | 'IPv6Prefix'
>

const directory = '/etc/systemd/network'

/** A whole .network file. Of all files that match a link, networkd takes the first in the order of their names. */
export function networkFile(
  name: string,
  comment: readonly string[],
  sections: readonly NetworkSection[],
): RenderedFile {
  return file(`${directory}/${name}.network`, systemdText(comment, sections))
}

/**
 * A drop-in that is merged after another's .network file, wherever that one lies. Readable by networkd and root alone:
 * it may hold a DUID.
 */
export function networkDropIn(
  network: string,
  name: string,
  comment: readonly string[],
  sections: readonly NetworkSection[],
): RenderedFile {
  return secretive(file(`${directory}/${network}.network.d/${name}.conf`, systemdText(comment, sections)))
}

/** The same file, closed to everyone but root and networkd. */
export const secretive = (open: RenderedFile): RenderedFile => ({
  ...open,
  mode: '0640',
  owner: 'root:systemd-network',
})
