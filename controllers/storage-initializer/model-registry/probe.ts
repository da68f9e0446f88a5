import * as z from 'zod';
import { pageOf } from '../../model-registry/answers';
import type { SourceContext } from '../source';
import { connectToRegistry } from './registry-connection';
import type { RegistrySettings } from './registry-settings';

/** Longest wait for the answer of somebody who need not be there. */
const probeTimeoutMs = 2000;

/**
 * Whether a host is a registry: it answers a list of registered models. Anybody can have a name that is a model's too, so it gets no
 * token, one try, and little time.
 */
export async function isRegistry(
  host: string,
  settings: RegistrySettings,
  context: Pick<SourceContext, 'environment' | 'clock' | 'random'>,
  signal: AbortSignal,
): Promise<boolean> {
  const impatient = { ...settings, connectTimeoutMs: probeTimeoutMs, requestTimeoutMs: probeTimeoutMs, attempts: 1 };
  const registry = { url: `${settings.scheme}://${host}`, trusted: false };
  const path = 'registered_models?pageSize=1';
  const connection = connectToRegistry(registry, impatient, context);
  try {
    const answer = await connection.requests.send('probing', 'GET', path, undefined, signal);
    const { items } = connection.requests.read('probing', path, answer, pageOf(z.looseObject({ id: z.string() })));
    return items !== undefined && items !== null;
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    await connection.close();
  }
}
