import type { V1Container, V1EnvVar } from '@kubernetes/client-node';

/**
 * Variables of the model's container that say how to reach its files: they are the initializer's too. Those of a group say the same
 * thing, so that what credentials say of one holds for all.
 */
const groups: readonly (readonly string[])[] = [
  ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  ['AWS_ENDPOINT_URL'],
  ['HTTP_PROXY', 'http_proxy'],
  ['HTTPS_PROXY', 'https_proxy'],
  ['NO_PROXY', 'no_proxy'],
  ['HF_ENDPOINT'],
  ['HF_TOKEN'],
];

/** Variables of the model's container for the initializer: all that credentials have not set. Empty ones say nothing. */
export function modelVariables(model: V1Container, credentials: readonly V1EnvVar[]): readonly V1EnvVar[] {
  const set = new Set(credentials.map(({ name }) => name));
  const wanted = new Set(groups.filter((group) => !group.some((name) => set.has(name))).flat());
  return (model.env ?? []).filter(
    ({ name, value, valueFrom }) => wanted.has(name) && ((value ?? '') !== '' || valueFrom !== undefined),
  );
}
