// Decides which column of a roster is what, by its header in English or French.
// Leaves the lines below it to roster.
import { asciiName } from './login.ts'

export type Column = 'id' | 'name' | 'first' | 'last' | 'email' | 'login' | 'group' | 'team' | 'key'

/** Headers as schools' programs write them (Apogée, Moodle, ADE, Excel by hand), accents and punctuation aside. */
const headers: Record<Column, string> = {
  id: 'id|student-id|student-number|number|numero|no|n|n-etudiant|no-etudiant|numero-etudiant|num-etudiant|num|code-etudiant|matricule|ine|idnumber|id-number|numero-didentification',
  name: 'name|full-name|fullname|student|student-name|nom-complet|nom-prenom|nom-et-prenom|prenom-nom|prenom-et-nom|etudiant|eleve|display-name',
  first: 'first|first-name|firstname|given-name|givenname|prenom|prenoms',
  last: 'last|last-name|lastname|surname|family-name|familyname|nom|nom-de-famille|nom-usuel|nom-dusage',
  email:
    'email|e-mail|mail|email-address|e-mail-address|mail-address|courriel|adresse-mail|adresse-email|adresse-e-mail|adresse-courriel|adresse-electronique|adresse-de-courriel|mel',
  login: 'login|username|user-name|user|uid|account|identifiant|nom-dutilisateur|utilisateur|compte',
  group: 'group|groups|section|class|groupe|groupes|groupe-td|groupe-tp|td|tp|classe|promo',
  team: 'team|teams|equipe|equipes|binome|projet',
  key: 'key|ssh-key|sshkey|ssh|public-key|ssh-public-key|cle|cle-ssh|cle-publique|cle-ssh-publique|cle-publique-ssh',
}

const byHeader = new Map(
  Object.entries(headers).flatMap(([column, names]) =>
    names.split('|').map((name) => [name, column as Column] as const),
  ),
)

export const knownHeaders = [...byHeader.keys()]

/** The column a header cell names. */
export function columnOf(header: string): Column | undefined {
  return byHeader.get(asciiName(header))
}
