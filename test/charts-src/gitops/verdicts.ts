import { execFile } from 'node:child_process';
import * as z from 'zod';
import { goProgram } from '../../tools/go-programs';

/** What is asked of the code of Argo CD and Flux; test/tools/argo-lua/main.go says what each is. */
export type Question =
  | { readonly tool: 'argo-cd'; readonly object: unknown; readonly lua?: Readonly<Record<string, string>> }
  | { readonly tool: 'flux'; readonly object: unknown; readonly expressions?: object }
  | {
      readonly tool: 'project';
      readonly project: unknown;
      readonly application: unknown;
      readonly resource: {
        readonly group: string;
        readonly kind: string;
        readonly name: string;
        readonly namespaced: boolean;
        readonly namespace: string;
      };
    }
  | { readonly tool: 'source'; readonly application: unknown; readonly file: string }
  | {
      readonly tool: 'drift';
      readonly application: unknown;
      readonly object: unknown;
      readonly live: unknown;
      readonly kubeconfig: string;
    };

const answers = z.array(
  z.strictObject({
    status: z.string().exactOptional(),
    message: z.string().exactOptional(),
    error: z.string().exactOptional(),
  }),
);

/** What Argo CD or Flux say. */
export type Verdict = z.output<typeof answers>[number];

/** Asks all questions in one run of the program. */
export async function verdicts(questions: readonly Question[]): Promise<readonly Verdict[]> {
  const program = await goProgram('argo-lua');
  const output = await new Promise<string>((done, failed) => {
    const child = execFile(program, { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      if (error === null) done(stdout);
      else failed(new Error(`asking argo-lua: ${error.message} ${stderr}`));
    });
    child.stdin?.end(JSON.stringify(questions));
  });
  return answers.parse(JSON.parse(output));
}

/** The statuses alone; `error` where the tool could not tell. */
export async function statuses(questions: readonly Question[]): Promise<readonly string[]> {
  return (await verdicts(questions)).map(({ status, error }) => (error === undefined ? (status ?? '') : 'error'));
}
