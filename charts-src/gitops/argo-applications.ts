import { Construct } from 'constructs';
import { Application } from '../../imports/argoproj.io';
import { applicationSpec, deliveryProps } from './application';
import { ApplicationSet } from './application-set';
import { type Delivery, deliveries } from './delivery';
import { deliveryName, gitopsNames, waveAnnotation, waveLabel } from './names';
import type { ArgoCdOptions, GitopsOptions } from './options';
import type { ComponentContent } from './component-content';
import type { IgnoredFields } from './written-by-others';

export interface ArgoApplicationsProps {
  readonly environment: string;
  readonly gitops: GitopsOptions;
  readonly argoCd: ArgoCdOptions;
  readonly components: readonly ComponentContent[];
}

/** One Application per component and workload, or the ApplicationSet that makes them. */
export class ArgoApplications extends Construct {
  constructor(scope: Construct, id: string, props: ArgoApplicationsProps) {
    super(scope, id);
    const { environment, gitops, argoCd, components } = props;
    const all = deliveries(environment, gitops, components);
    if (argoCd.form === 'application-set') this.addSets(props, all);
    else for (const delivery of all) this.addApplication(props, delivery);
  }

  private addApplication({ environment, gitops, argoCd }: ArgoApplicationsProps, delivery: Delivery): void {
    new Application(this, delivery.name, {
      metadata: {
        name: deliveryName(environment, delivery.name),
        namespace: argoCd.namespace,
        annotations: { [waveAnnotation]: String(delivery.wave) },
      },
      spec: applicationSpec({ ...deliveryProps(delivery), project: projectOf(environment, delivery), gitops, argoCd }),
    });
  }

  /** A set's Applications share their specification: what one of them ignores, all do. */
  private addSets({ environment, gitops, argoCd }: ArgoApplicationsProps, all: readonly Delivery[]): void {
    const { platform } = gitopsNames(environment);
    const properties = all.map((delivery) => ({ delivery, ...deliveryProps(delivery) }));
    new ApplicationSet(this, 'Set', {
      metadata: { name: platform, namespace: argoCd.namespace },
      spec: {
        elements: properties.map(({ delivery, path, include, namespace }) => ({
          name: deliveryName(environment, delivery.name),
          project: projectOf(environment, delivery),
          wave: String(delivery.wave),
          path,
          include,
          namespace,
        })),
        steps: { label: waveLabel, values: [...new Set(all.map(({ wave }) => String(wave)))] },
        template: {
          name: '{{.name}}',
          labels: { [waveLabel]: '{{.wave}}' },
          spec: applicationSpec({
            project: '{{.project}}',
            gitops,
            argoCd,
            path: '{{.path}}',
            include: '{{.include}}',
            namespace: '{{.namespace}}',
            ignored: union(properties.flatMap(({ ignored }) => ignored)),
            foreignKinds: properties.some(({ foreignKinds }) => foreignKinds),
          }),
        },
      },
    });
  }
}

function projectOf(environment: string, { component }: Delivery): string {
  const { platform, workloads } = gitopsNames(environment);
  return component === undefined ? workloads : platform;
}

function union(ignored: readonly IgnoredFields[]): readonly IgnoredFields[] {
  return [...new Map(ignored.map((fields) => [`${fields.group}/${fields.kind}`, fields])).values()];
}
