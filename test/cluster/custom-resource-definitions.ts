import * as z from 'zod';
import type { ObjectClient } from './object-client';
import type { ObjectReference } from './unstructured-object';
import { waitFor } from './wait-for';

const crdSchema = z.object({
  kind: z.literal('CustomResourceDefinition'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    group: z.string(),
    names: z.object({ plural: z.string() }),
    versions: z.array(z.object({ name: z.string(), served: z.boolean() })),
  }),
});

const establishedSchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});

/**
 * Applies CustomResourceDefinitions and waits until their resources can be listed in every served version.
 *
 * *Caveat*: CRDs are shared by all tests of the cluster and stay installed. Applying another CRD of the same name
 * replaces it for everybody.
 *
 * @throws with the API server's message when it refuses one
 */
export async function installCrds(client: ObjectClient, crds: readonly ObjectReference[]): Promise<void> {
  await Promise.all(
    crds.map(async (object) => {
      const { metadata, spec } = crdSchema.parse(object);
      await client.apply(object, { fieldManager: 'slipway-test-crds', force: true });
      await waitFor(`crd ${metadata.name} to be established`, async () => {
        const { conditions } = establishedSchema.parse(await client.get(object)).status;
        return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
      });
      const served = spec.versions.filter((version) => version.served).map(({ name }) => `/apis/${spec.group}/${name}`);
      // Established says that names were accepted; the handler of the resource follows a moment later.
      await waitFor(`crd ${metadata.name} to be served`, async () => {
        const paths = served.map((root) => `${root}/${spec.names.plural}`);
        const answers = await Promise.all(paths.map((path) => client.request('GET', path, { query: { limit: 1 } })));
        return answers.every(({ status }) => status === 200);
      });
    }),
  );
}
