import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { secrets } from '../../../definitions/kubernetes/core-resources';
import type { ObjectReference } from '../../../definitions/inference/object-reference';
import { endpointKeys, type EndpointKey } from '../../../definitions/names/krateo';
import { endpointsDirectory, runnerVariables } from '../../../definitions/names/inference';
import { version } from '../../../definitions/names/version';
import type { Environment } from '../../component';
import { ApiConnection } from '../../runtime/api-connection';
import { causeText } from '../../runtime/cause-text';
import { KubernetesClient } from '../../runtime/client';
import { loadClusterConfig } from '../../runtime/cluster-config';
import type { Clock } from '../../runtime/clock';
import { createMetrics } from '../../runtime/metrics';
import { RunnerError } from '../runner-error';
import { unusable } from './unusable';

/** Values of an endpoint Secret, as text. Keys that mean nothing here are not read. */
export type SecretValues = Readonly<Partial<Record<EndpointKey, string>>>;

/** Reads a Secret. @throws RunnerError with exit code 7 */
export type ReadSecret = (reference: ObjectReference) => Promise<SecretValues>;

const keys = Object.values(endpointKeys);

/** Names of Kubernetes: one with slashes would lead out of the directory. */
const objectName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * Reads Secrets from where the controller mounts them, else, as upstream's runners do, through the API with the ServiceAccount of the
 * pod: for pods of another controller, and Secrets of other namespaces.
 */
export function secretReader(environment: Environment, clock: Clock): ReadSecret {
  return async (reference) => {
    const { name, namespace } = reference;
    if (!objectName.test(name) || !objectName.test(namespace)) {
      throw unusable(reference, 'name and namespace must be those of a Secret');
    }
    const directory = join(environment[runnerVariables.endpointsDirectory] ?? endpointsDirectory, namespace, name);
    const mounted = await mountedValues(reference, directory);
    return mounted ?? (await valuesOfApi(reference, directory, environment, clock));
  };
}

/** @returns undefined when nothing is mounted there */
async function mountedValues(reference: ObjectReference, directory: string): Promise<SecretValues | undefined> {
  const found = await Promise.all(
    keys.map(async (key) => {
      try {
        return [key, await readFile(join(directory, key), 'utf8')] as const;
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw unusable(reference, `reading key ${key} in ${directory}: ${causeText(error)}`);
      }
    }),
  );
  const values = found.filter((entry) => entry !== undefined);
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

function isAbsent(error: unknown): boolean {
  return isNativeError(error) && Reflect.get(error, 'code') === 'ENOENT';
}

async function valuesOfApi(
  reference: ObjectReference,
  directory: string,
  env: Environment,
  clock: Clock,
): Promise<SecretValues> {
  let connection: ApiConnection | undefined;
  try {
    const config = await loadClusterConfig({ env, clock });
    connection = new ApiConnection({
      config,
      clock,
      // Nobody scrapes those of a single request.
      metrics: createMetrics({ process: false }),
      userAgent: `slipway/${version}`,
    });
    const secret = await new KubernetesClient(connection).get(secrets, reference);
    if (secret === undefined) throw unusable(reference, 'does not exist');
    const entries = keys.flatMap((key) => {
      const value = secret.data?.[key];
      return value === undefined ? [] : [[key, Buffer.from(value, 'base64').toString('utf8')] as const];
    });
    return Object.fromEntries(entries);
  } catch (error) {
    if (error instanceof RunnerError) throw error;
    throw unusable(reference, `is not mounted at ${directory}, and can't be read: ${causeText(error)}`, error);
  } finally {
    await connection?.close();
  }
}
