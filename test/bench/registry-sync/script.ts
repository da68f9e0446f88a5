import * as z from 'zod';
import type { RegistryRequest } from './registry';

/** What the controller asked of the registry while it linked InferenceServices, sorted by what it was about. */
export interface Script {
  /** Naming no InferenceService and no namespace: whether the registered model and its version exist. */
  readonly shared: readonly RegistryRequest[];
  /** About the serving environment of a namespace, by its name. */
  readonly ofNamespace: ReadonlyMap<string, readonly RegistryRequest[]>;
  /** By uid of the InferenceService. */
  readonly ofObject: ReadonlyMap<string, readonly RegistryRequest[]>;
}

const bodySchema = z.object({ name: z.string() });

/** Sorts requests; the order within each group stays. */
export function scriptOf(requests: readonly RegistryRequest[]): Script {
  const named = requests.map((request) => ({ request, name: request.query['name'] ?? nameIn(request.body) }));
  const environments = named.filter(({ request }) => /\/serving_environments?$/.test(request.path));
  const objects = named.filter(({ name }) => name?.includes('/'));
  const sorted = new Set([...environments, ...objects]);
  return {
    shared: named.filter((one) => !sorted.has(one)).map(({ request }) => request),
    ofNamespace: grouped(environments, (name) => name),
    // Records are named <name>/<uid>.
    ofObject: grouped(objects, (name) => name.split('/')[1] ?? ''),
  };
}

function nameIn(body: string): string | undefined {
  return body === '' ? undefined : bodySchema.safeParse(JSON.parse(body)).data?.name;
}

function grouped(
  named: readonly { readonly request: RegistryRequest; readonly name: string | undefined }[],
  keyOf: (name: string) => string,
): ReadonlyMap<string, readonly RegistryRequest[]> {
  const groups = Map.groupBy(named, ({ name }) => keyOf(name ?? ''));
  return new Map([...groups].map(([key, group]) => [key, group.map(({ request }) => request)]));
}
