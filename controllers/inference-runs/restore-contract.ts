import { contract as contractSchema, type Contract } from '../../definitions/inference/contract';
import { contractConfigMap } from './contract-config-map';
import { ensureContract } from './ensure-contract';
import type { RunPass } from './run-pass';

/**
 * Makes the ConfigMap of an attempt again that somebody deleted, from the Contract in the status: a pod that the Job makes anew must find
 * what the one before found.
 *
 * @param name of the ConfigMap
 */
export async function restoreContract(pass: RunPass, name: string): Promise<void> {
  const { run, stores, context } = pass;
  if (stores.configMaps.store.get(`${run.metadata.namespace ?? ''}/${name}`) !== undefined) return;
  const contract = contractIn(run.status?.contract);
  if (contract === undefined) return;
  // The config may be gone by now; only its name is needed.
  const config = { metadata: { name: contract.config?.name ?? run.spec?.configRef.name ?? '' } };
  await ensureContract(pass, contractConfigMap({ run, config, contract, name }));
  context.log.warn({ configMap: name }, 'contract of a live attempt was gone, made again');
}

/** As it is, not as the schema would order its members: the text must be the one that was there. */
function contractIn(base64: string | undefined): Contract | undefined {
  if (base64 === undefined || base64 === '') return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString());
    return isContract(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isContract(value: unknown): value is Contract {
  return contractSchema.safeParse(value).success;
}
