import type { V1ConfigMap } from '@kubernetes/client-node';
import { contract as contractSchema } from '../../definitions/inference/contract';
import { configMaps, type Stored } from '../../definitions/kubernetes/core-resources';
import { contractKey } from '../../definitions/names/inference';
import type { KubernetesClient } from '../runtime/client';
import type { ObjectRef } from '../runtime/object-key';
import { contractHash } from './contract-hash';

/** A Contract as a status keeps it. */
export interface FrozenContract {
  /** Base64 of the JSON. */
  readonly contract: string;
  /** First 16 digits of the hash; absent for a text that is no Contract. */
  readonly contractHash: string | undefined;
  readonly configGeneration: number | undefined;
}

/** Digits of the hash that a status shows. */
const shownDigits = 16;

/** A Contract for the status. */
export function frozen(text: string): FrozenContract {
  const parsed = parsedContract(text);
  return {
    contract: Buffer.from(text).toString('base64'),
    contractHash: parsed === undefined ? undefined : contractHash(parsed).slice(0, shownDigits),
    configGeneration: parsed?.config?.generation,
  };
}

/** Generation of the run that a Contract in a status was made from; undefined for upstream's. */
export function runGenerationIn(contract: string | undefined): number | undefined {
  if (contract === undefined) return undefined;
  return parsedContract(Buffer.from(contract, 'base64').toString())?.run?.generation;
}

/**
 * The Contract that an attempt was begun with, read again from its ConfigMap: upstream's have it under `binaryData`.
 *
 * @returns undefined when the ConfigMap is gone
 */
export async function readContract(
  client: KubernetesClient,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<FrozenContract | undefined> {
  const configMap = await client.get(configMaps, ref, { signal });
  const text = configMap === undefined ? undefined : textIn(configMap);
  return text === undefined ? undefined : frozen(text);
}

function textIn({ data, binaryData }: Stored<V1ConfigMap>): string | undefined {
  const binary = binaryData?.[contractKey];
  return data?.[contractKey] ?? (binary === undefined ? undefined : Buffer.from(binary, 'base64').toString());
}

function parsedContract(text: string) {
  try {
    return contractSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
