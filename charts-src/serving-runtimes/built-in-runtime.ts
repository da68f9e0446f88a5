import { containerNames, servingAnnotations } from '../../definitions/names/serving';
import type { ServingRuntimeSpec } from '../../definitions/serving/serving-runtime-spec';
import type { Images } from '../images';

/** A model server that KServe's installations bring. */
export interface BuiltInRuntime {
  readonly name: string;
  /** Decides about defaults and image tags: value of the annotation on the runtime. */
  readonly serverType: string;
  /** Its image in the table of images. */
  readonly image: keyof Images;
  /** @param image reference of the image */
  readonly spec: (image: string) => ServingRuntimeSpec;
}

type Container = ServingRuntimeSpec['containers'][number];
type Format = NonNullable<ServingRuntimeSpec['supportedModelFormats']>[number];

/** Formats of one framework: one entry per version. */
export function formats(name: string, versions: readonly string[], choice: Partial<Format> = {}): Format[] {
  return versions.map((version) => ({ name, version, ...choice }));
}

/** A format that services without a runtime may get this server for; the greatest priority wins. */
export function chosen(priority: number): Pick<Format, 'autoSelect' | 'priority'> {
  return { autoSelect: true, priority };
}

/** Annotations that tell scrapers where a server's metrics are. */
export function metricsAt(port: number): Record<string, string> {
  return {
    [servingAnnotations.kservePrometheusPort]: String(port),
    [servingAnnotations.kservePrometheusPath]: '/metrics',
  };
}

/** What a server may do: nothing beyond its files and its port. */
export const unprivileged = {
  allowPrivilegeEscalation: false,
  privileged: false,
  capabilities: { drop: ['ALL'] },
};

/** The container of a model server: one core and 2 GiB, no root. */
export function modelServer(container: Omit<Container, 'name'>): Container {
  return {
    name: containerNames.main,
    resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '1', memory: '2Gi' } },
    securityContext: { ...unprivileged, runAsNonRoot: true },
    ...container,
  };
}

/** The same for an image whose user is root unless told otherwise. */
export function asUser(runAsUser: number): NonNullable<Container['securityContext']> {
  return { ...unprivileged, runAsNonRoot: true, runAsUser };
}

/** Memory shared by the processes of a server. */
export function sharedMemory(name: string, sizeLimit?: string) {
  return {
    mount: { name, mountPath: '/dev/shm' },
    volume: { name, emptyDir: { medium: 'Memory', ...(sizeLimit === undefined ? {} : { sizeLimit }) } },
  };
}
