import { PredictorFailure } from '../../../../controllers/serving/predictor-failure';
import {
  type ComponentFacts,
  inferenceServiceStatus,
  type IngressFacts,
  type StatusFacts,
} from '../../../../controllers/serving/status/inference-service-status';
import type { ComponentPod } from '../../../../controllers/serving/status/component-pods';
import type { InferenceServiceStatus } from '../../../../controllers/serving/status/stored-status';
import { type ComponentName, componentNames } from '../../../../definitions/names/serving';
import {
  at,
  available,
  deployment,
  download,
  pod,
  rolledOut,
  rollingOut,
  running,
  server,
  servingPod,
  start,
  terminated,
  unavailable,
  waiting,
} from './cluster-facts';

/** Ways to serve `iris`: which components, and whether an init container downloads. */
export const variants = {
  'a predictor': { components: ['predictor'], downloads: true },
  'with a transformer': { components: ['predictor', 'transformer'], downloads: true },
  'with an explainer': { components: ['predictor', 'explainer'], downloads: true },
  'with a model from an OCI image': { components: ['predictor'], downloads: false },
} as const satisfies Record<string, Variant>;

export interface Variant {
  readonly components: readonly ComponentName[];
  readonly downloads: boolean;
}

/** What can be the case with a service at one moment. */
export type Scene = 'starting' | 'ready' | 'load failed' | 'invalid' | 'stopped' | 'resumed' | 'fixed';

const url = 'http://iris-models.example.com';
const address = 'http://iris-predictor.models.svc.cluster.local';
const routed: IngressFacts = { status: 'True', url, address };
const notRouted: IngressFacts = { status: 'False', reason: 'Predictor ingress not created' };

const urlOf = (name: ComponentName) => `http://iris-${name}-models.example.com`;

function componentsOf(
  { components }: Variant,
  factsOf: (name: ComponentName) => ComponentFacts,
): StatusFacts['components'] {
  const chosen = componentNames.filter((name) => components.includes(name));
  return Object.fromEntries(chosen.map((name) => [name, { url: urlOf(name), ...factsOf(name) }]));
}

function startingPod(downloads: boolean): ComponentPod {
  if (downloads)
    return pod({ initContainers: [download(running(1))], containers: [server(waiting('PodInitializing'))] });
  return pod({ containers: [server(running(1))] });
}

function failedPod(downloads: boolean): ComponentPod {
  const past = { lastState: terminated('Error', 1, { message: 'no such model', finishedAt: at(30) }) };
  const backOff = waiting('CrashLoopBackOff', 'back-off 10s restarting failed container');
  return downloads ? pod({ initContainers: [download(backOff, past)] }) : pod({ containers: [server(backOff, past)] });
}

/** What the controller sees in a scene. */
export function factsOf(scene: Scene, variant: Variant): Omit<StatusFacts, 'before' | 'generation'> {
  const runtime = { kind: 'ServingRuntime', name: 'sklearn' } as const;
  const known = { mode: 'Standard', stopped: false, runtime };
  const deploymentOf = (name: ComponentName, isReady: boolean) =>
    deployment(isReady ? [available, rolledOut] : [unavailable, rollingOut], { name: `iris-${name}` });
  switch (scene) {
    case 'starting':
    case 'resumed':
    case 'fixed': {
      const pods = [startingPod(variant.downloads)];
      return {
        ...known,
        components: componentsOf(variant, (name) => ({ deployment: deploymentOf(name, false), pods })),
        ingress: notRouted,
      };
    }
    case 'ready': {
      const pods = [variant.downloads ? servingPod() : servingPod({ initContainers: [] })];
      return {
        ...known,
        components: componentsOf(variant, (name) => ({ deployment: deploymentOf(name, true), pods })),
        ingress: routed,
      };
    }
    case 'load failed': {
      const pods = [failedPod(variant.downloads)];
      return {
        ...known,
        components: componentsOf(variant, (name) =>
          name === 'predictor'
            ? { deployment: deploymentOf(name, false), pods }
            : { deployment: deploymentOf(name, true), pods: [] },
        ),
        ingress: notRouted,
      };
    }
    case 'invalid': {
      const told = 'Waiting for runtime to become available';
      const error = new PredictorFailure('RuntimeNotRecognized', told, 'No ServingRuntimes with the name: nowhere');
      return {
        mode: 'Standard',
        stopped: false,
        components: componentsOf(variant, (name) => ({ deployment: deploymentOf(name, true), pods: [] })),
        failure: { component: 'predictor', error },
      };
    }
    case 'stopped':
      return { ...known, stopped: true, components: componentsOf(variant, () => ({ pods: [] })) };
  }
}

/** A status and what it was told of. */
export interface Told {
  readonly scene: Scene;
  readonly generation: number;
  readonly status: InferenceServiceStatus;
}

/** The statuses of a service to which these things happen one after the other, a minute each, with a change of its spec each time. */
export function history(scenes: readonly Scene[], variant: Variant): readonly Told[] {
  const all: Told[] = [];
  for (const scene of scenes) {
    const generation = all.length + 1;
    const facts = { ...factsOf(scene, variant), before: all.at(-1)?.status, generation };
    all.push({ scene, generation, status: inferenceServiceStatus(facts, start + all.length * 60_000) });
  }
  return all;
}
