// Decides the keys of the course file's sections `engine` and `rehearsal`: the cloud software, and what a rehearsal has instead of the internet.
// Leaves which keys go with which engine to cross.
import { z } from 'zod'
import { devstackReleases } from '../core/release.ts'
import { about, text } from './field.ts'
import { url } from './url.ts'

export const engine = z
  .strictObject({
    kind: z
      .enum(['packages', 'devstack', 'adopted'])
      .default('packages')
      .meta(
        about(
          "`packages`: Debian's own OpenStack packages. `devstack`: built from its sources by DevStack. `adopted`: `clouds` that exist already.",
          'packages',
        ),
      ),
    release: z
      .enum(devstackReleases)
      .optional()
      .meta(
        about(
          "OpenStack release. Of `packages` only '2025.1', which is Debian 13's. Left out: that one; of `devstack` '2026.1'.",
          '2025.1',
        ),
      ),
    cinder: z
      .boolean()
      .default(false)
      .meta(about('Block storage. Off: instances live beside the hypervisor and need none.', false)),
    git_base: url(
      about(
        'Where the servers clone `openstack/NAME` from (devstack): a URL, or an absolute path on the servers. Left out: https://opendev.org, or what `rehearsal.git` names.',
        'https://opendev.org',
      ),
      'https',
      'http',
      'git',
      'path',
    ).optional(),
    pip_index: url(
      about(
        "Simple index (PEP 503) of Python packages (devstack). Left out: PyPI; in a rehearsal, this machine's own by way of its mirror.",
        'https://pypi.org/simple',
      ),
      'https',
      'http',
    ).optional(),
    image_urls: z
      .array(
        url(
          about(
            'Image for instances; `file://` is a path on the servers.',
            'https://download.cirros-cloud.net/0.6.3/cirros-0.6.3-x86_64-disk.img',
          ),
          'https',
          'http',
          'file',
        ),
      )
      .max(16)
      .default([])
      .meta(
        about('Images that DevStack uploads besides the ones of bateau (devstack).', [
          'https://download.cirros-cloud.net/0.6.3/cirros-0.6.3-x86_64-disk.img',
        ]),
      ),
  })
  .prefault({})
  .meta(about('The cloud software.'))

export const rehearsal = z
  .strictObject({
    mirror: z
      .string()
      .regex(/^https?:\/\/[^\s]+$/)
      .max(255)
      .optional()
      .meta(
        about(
          "Debian mirror that rehearsed servers install from. Left out: this machine's own.",
          'http://mirror.example.org/debian',
        ),
      ),
    git: text(400)
      .optional()
      .meta(
        about(
          'Directory here, beside the course file where it is relative, with bare repositories `openstack/NAME.git` (devstack). Rehearsed servers have it at /srv/git and cannot write to it.',
          '/srv/git',
        ),
      ),
  })
  .prefault({})
  .meta(about('Only for `bateau rehearse`.'))
