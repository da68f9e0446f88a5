import type { V1ConfigMap } from '@kubernetes/client-node';
import * as z from 'zod';
import { type Contract, contract as contractSchema } from '../../definitions/inference/contract';
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

/** A Contract for the status. @param text as its ConfigMap holds it */
export function frozen(contract: Contract, text: string): FrozenContract {
  return {
    contract: Buffer.from(text).toString('base64'),
    contractHash: contractHash(contract).slice(0, shownDigits),
    configGeneration: contract.config?.generation,
  };
}

/** All that is read of a Contract to see whether its run was edited: a Contract can have 900 KiB, and every pass asks. */
const generationOfRun = z.object({ run: z.object({ generation: z.int() }) });

/** Generation of the run that a Contract in a status was made from; undefined for upstream's. */
export function runGenerationIn(contract: string | undefined): number | undefined {
  if (contract === undefined) return undefined;
  return generationOfRun.safeParse(jsonIn(Buffer.from(contract, 'base64').toString())).data?.run.generation;
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
  return text === undefined ? undefined : frozenText(text);
}

function textIn({ data, binaryData }: Stored<V1ConfigMap>): string | undefined {
  const binary = binaryData?.[contractKey];
  return data?.[contractKey] ?? (binary === undefined ? undefined : Buffer.from(binary, 'base64').toString());
}

/** A text that somebody else may have written is kept as it is. */
function frozenText(text: string): FrozenContract {
  const contract = contractSchema.safeParse(jsonIn(text)).data;
  if (contract !== undefined) return frozen(contract, text);
  return { contract: Buffer.from(text).toString('base64'), contractHash: undefined, configGeneration: undefined };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
