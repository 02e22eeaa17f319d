// Decides the certificates of one server: an authority of the course's own that can vouch for this server only.
// Leaves handing the authority's certificate to students to the classroom.
import type { Site } from '../core/site.ts'

/** `ca` is for everybody to read; keys are root's alone. `chain` is what nginx shows. */
export const paths = {
  ca: '/etc/bateau/ca.pem',
  caKey: '/etc/bateau/tls/ca.key',
  certificate: '/etc/bateau/tls/server.pem',
  chain: '/etc/bateau/tls/chain.pem',
  key: '/etc/bateau/tls/server.key',
} as const

/** Days. Clients refuse server certificates of more than 398; the authority outlives a course and its repetition. */
const validity = { authority: 1095, server: 397 } as const

/**
 * Makes what is missing, and the server's certificate anew when it ends within 60 days or no longer fits. Name
 * constraints (RFC 5280 section 4.2.1.10) hold the authority to this server's address and name: whoever trusts it
 * trusts it for nothing else.
 */
export function certificateScript(site: Site): string {
  const { service } = site.addressing
  const names = `IP:${service},DNS:${site.name}`
  const allOnes = Array.from({ length: 8 }, () => 'ffff').join(':')
  return `umask 077
mkdir -p -m 0755 /etc/bateau
mkdir -p -m 0700 /etc/bateau/tls
cd /etc/bateau/tls
trap 'rm -f new.*' EXIT
if ! [ -s ${paths.caKey} ] || ! openssl x509 -in ${paths.ca} -noout -checkend ${60 * 86400} >/dev/null 2>&1 ||
  ! openssl x509 -in ${paths.ca} -noout -subject | grep -q 'bateau ${site.name}'; then
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out new.ca.key
  openssl req -x509 -new -key new.ca.key -days ${validity.authority} -subj '/CN=bateau ${site.name}' \\
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \\
    -addext 'nameConstraints=critical,permitted;IP:${service}/${allOnes},permitted;DNS:${site.name}' -out new.ca.pem
  chmod 0644 new.ca.pem
  rm -f ${paths.certificate}
  mv new.ca.key ${paths.caKey}
  mv new.ca.pem ${paths.ca}
fi
if ! [ -s ${paths.key} ] || ! openssl x509 -in ${paths.certificate} -noout -checkend ${60 * 86400} >/dev/null 2>&1 ||
  ! openssl verify -CAfile ${paths.ca} -verify_ip ${service} ${paths.certificate} >/dev/null 2>&1; then
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out new.key
  printf '%s\\n' 'basicConstraints=CA:FALSE' 'keyUsage=digitalSignature' 'extendedKeyUsage=serverAuth' \\
    'subjectAltName=${names}' > new.ext
  openssl req -new -key new.key -subj '/CN=${site.name}' |
    openssl x509 -req -CA ${paths.ca} -CAkey ${paths.caKey} -days ${validity.server} -extfile new.ext -out new.pem
  cat new.pem ${paths.ca} > new.chain
  mv new.key ${paths.key}
  mv new.chain ${paths.chain}
  mv new.pem ${paths.certificate}
fi
! systemctl is-active --quiet nginx || systemctl reload nginx`
}
