import * as z from 'zod';
import { environment } from '../../../charts-src/environments/environment';
import type { StartOptions } from '../../controllers/registry-sync/installation';
import { renderEnvironment } from '../../../charts-src/output/render-environment';

const deploymentSchema = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([
          z.object({
            command: z.array(z.string()),
            args: z.array(z.string()),
            env: z.array(z.object({ name: z.string(), value: z.string().optional() })),
          }),
        ]),
      }),
    }),
  }),
});

/** Flags that the harness gives itself: ports of its own. */
const ofTheHarness = /^(registry-sync$|--(health-probe-bind-address|metrics-bind-address|metrics-secure)=)/;

/**
 * Arguments and variables of the container as it is rendered: the flags of Node among them.
 *
 * @param compileCache directory in place of the pod's own /tmp
 */
export function deployed(compileCache: string): Required<Pick<StartOptions, 'args' | 'nodeFlags' | 'env'>> {
  const rendered = renderEnvironment(environment({ name: 'bench', registrySync: {} }));
  const parsed = rendered.flatMap(({ manifests }) => manifests.map((manifest) => deploymentSchema.safeParse(manifest)));
  const [deployment] = parsed.flatMap(({ data }) => data ?? []);
  if (deployment === undefined) throw new Error('rendering registry sync: there is no Deployment');
  const [{ command, args, env }] = deployment.spec.template.spec.containers;
  const variables = env.flatMap(({ name, value }): [string, string][] => (value === undefined ? [] : [[name, value]]));
  return {
    args: args.filter((arg) => !ofTheHarness.test(arg)),
    // Between Node and the program.
    nodeFlags: command.slice(1, -1),
    env: {
      ...Object.fromEntries(variables),
      NODE_COMPILE_CACHE: compileCache,
      POD_NAME: 'registry-sync-0',
      POD_NAMESPACE: 'kubeflow',
    },
  };
}
