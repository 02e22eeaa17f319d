// Decides how `bateau schema` is called.
// Leaves the schema to course/, which validates with the same one.
import { Command } from '@commander-js/extra-typings'
import type { Answer, Context } from '../context.ts'
import { exits } from '../../deploy/face.ts'

export function schemaCommand({ terminal }: Context, answer: Answer) {
  return new Command('schema')
    .description('the JSON Schema of the course file, for editors')
    .addHelpText(
      'after',
      '\nExample, for an editor with the YAML language server:\n  ./bateau schema >course.schema.json\n  # yaml-language-server: $schema=course.schema.json      (first line of course.yaml)\n',
    )
    .action(async () => {
      const { courseJsonSchema } = await import('../../course/schema.ts')
      terminal.out.write(`${JSON.stringify(courseJsonSchema(), null, 2)}\n`)
      answer(exits.done)
    })
}
