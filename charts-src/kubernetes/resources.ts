import { k8s } from 'cdk8s-plus-28';
import * as z from 'zod';
import { quantity } from '../../definitions/kubernetes/quantity';

type Amount = z.output<typeof quantity>;

/** What a container asks for and may use at most; processor time has no limit, since throttling helps nobody. */
export interface Resources {
  readonly requests: { readonly cpu: Amount; readonly memory: Amount };
  readonly limits: { readonly memory: Amount };
}

/** Option for the resources of a container, with the defaults given. */
export function resourcesSchema(defaults: { readonly cpu: string; readonly memory: string; readonly limit: string }) {
  return z
    .strictObject({
      requests: z
        .strictObject({ cpu: quantity.default(defaults.cpu), memory: quantity.default(defaults.memory) })
        .prefault({}),
      limits: z.strictObject({ memory: quantity.default(defaults.limit) }).prefault({}),
    })
    .prefault({});
}

/** Resources as a container has them. */
export function resourceRequirements({ requests, limits }: Resources): k8s.ResourceRequirements {
  return { requests: quantities(requests), limits: quantities(limits) };
}

function quantities(amounts: Readonly<Record<string, Amount>>): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [name, k8s.Quantity.fromString(String(amount))]),
  );
}
