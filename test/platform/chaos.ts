import type { ModelRegistry } from '../doubles/model-registry/server';
import { startTlsFront } from '../doubles/tls-front/tls-front';
import { startFaultProxy } from '../faults/fault-proxy';
import { seededRandom } from '../faults/seeded-random';
import { Weather } from '../soak/registry-sync/weather';
import type { ClusterAddress } from './node-stand-in';

/** Faults that come and go between the controllers and what they talk to. */
export interface Chaos {
  /** Where controllers find the API server instead. */
  readonly cluster: ClusterAddress;
  stop(): Promise<void>;
}

/** Puts a proxy before the API server and starts changing what goes wrong there and at the registry. */
export async function startChaos(
  { server, ca }: ClusterAddress,
  registry: ModelRegistry,
  seed: number,
  say: (line: string) => void,
): Promise<Chaos> {
  const proxy = await startFaultProxy({ target: server, ca, random: seededRandom(seed + 1) });
  // In a pod the API server is only reached over TLS.
  const front = await startTlsFront('localhost', proxy.url);
  const weather = new Weather({ proxy, registry, random: seededRandom(seed + 2) });
  say(`chaos        --seed ${seed}`);
  let timer: NodeJS.Timeout;
  const change = () => {
    const { name, seconds } = weather.change();
    say(`chaos        ${seconds} s of ${name}`);
    timer = setTimeout(change, seconds * 1000);
  };
  change();
  return {
    cluster: { server: front.url.replace('127.0.0.1', 'localhost'), ca: front.ca },
    async stop() {
      clearTimeout(timer);
      weather.clear();
      await front.close();
      await proxy.close();
    },
  };
}
