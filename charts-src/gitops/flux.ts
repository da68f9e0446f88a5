import { Construct } from 'constructs';
import { healthRules } from '../../definitions/names/conditions';
import {
  Kustomization,
  type KustomizationSpec,
  KustomizationSpecDeletionPolicy,
  KustomizationSpecSourceRefKind,
} from '../../imports/kustomize.toolkit.fluxcd.io';
import { type Delivery, deliveries } from './delivery';
import { FluxSource } from './flux-source';
import { healthExpressions } from './health-expressions';
import { deliveryName, gitopsDirectories, gitopsNames } from './names';
import type { FluxOptions, GitopsOptions } from './options';
import type { ComponentContent } from './component-content';

export interface FluxProps {
  readonly environment: string;
  readonly gitops: GitopsOptions;
  readonly flux: FluxOptions;
  readonly components: readonly ComponentContent[];
}

/** Components whose objects take others along when they go: they stay when the component is no longer rendered. */
const kept = new Set(['namespaces', 'crds']);

/** Flux's source and Kustomizations: one per component and workload, and one that keeps these up to date. */
export class Flux extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: FluxProps,
  ) {
    super(scope, id);
    const { environment, gitops, flux, components } = props;
    const { platform: name } = gitopsNames(environment);
    new FluxSource(this, 'Source', { name, environment, gitops, flux });
    new Kustomization(this, 'Root', {
      metadata: { name, namespace: flux.namespace },
      // It does not wait: it would have to wait for itself.
      spec: { ...this.common(`${gitops.path}/${environment}/${gitopsDirectories.flux}`), prune: true },
    });
    for (const delivery of deliveries(environment, gitops, components)) this.addKustomization(delivery);
  }

  private addKustomization(delivery: Delivery): void {
    const { environment, gitops, flux } = this.props;
    const { name, path, dependsOn } = delivery;
    const stays = kept.has(name) && delivery.component !== undefined;
    const checks = checksFor(delivery, gitops.strictHealth);
    new Kustomization(this, name, {
      metadata: { name: deliveryName(environment, name), namespace: flux.namespace },
      spec: {
        ...this.common(path),
        prune: !stays,
        ...(stays ? { deletionPolicy: KustomizationSpecDeletionPolicy.ORPHAN } : {}),
        wait: true,
        ...(dependsOn.length === 0
          ? {}
          : { dependsOn: dependsOn.map((other) => ({ name: deliveryName(environment, other) })) }),
        ...(checks.length === 0 ? {} : { healthCheckExprs: checks }),
        ...(delivery.component === undefined ? { targetNamespace: delivery.namespace } : {}),
      },
    });
  }

  private common(path: string): Omit<KustomizationSpec, 'prune'> {
    const { environment, gitops, flux } = this.props;
    const { interval, retryInterval, timeout, oci, serviceAccount } = flux;
    const kind =
      oci === undefined ? KustomizationSpecSourceRefKind.GIT_REPOSITORY : KustomizationSpecSourceRefKind.OCI_REPOSITORY;
    return {
      interval,
      retryInterval,
      timeout,
      // An artifact has the content of the folder, and not the folder.
      path: `./${oci === undefined ? path : path.slice(path.startsWith(`${gitops.path}/`) ? gitops.path.length + 1 : 0)}`,
      sourceRef: { kind, name: gitopsNames(environment).platform },
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
    };
  }
}

/** A workload may hold any of our kinds; of a component we know. */
function checksFor({ component }: Delivery, strict: boolean) {
  const rendered = component?.kinds.map(({ group, kind }) => `${group}/${kind}`);
  return healthRules
    .filter(({ group, kind }) => rendered === undefined || rendered.includes(`${group}/${kind}`))
    .map((rule) => healthExpressions(rule, { strict }));
}
