import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { servingAnnotations } from '../../definitions/names/serving';
import { clusterServingRuntimes } from '../../definitions/serving/cluster-serving-runtime';
import { servingRuntimes } from '../../definitions/serving/serving-runtime';
import type { Images } from '../images';
import { builtInRuntimes } from './built-in-runtimes';
import type { ServingRuntimesOptions } from './options';

export interface ServingRuntimesProps {
  readonly options: ServingRuntimesOptions;
  /** References of images by name. */
  readonly images: Readonly<Record<keyof Images, string>>;
}

/** The model servers that InferenceServices choose from. */
export class ServingRuntimes extends Construct {
  constructor(scope: Construct, id: string, { options, images }: ServingRuntimesProps) {
    super(scope, id);
    const { runtimes, disabled, namespace, imagePullSecrets } = options;
    const { group, version, kind } = namespace === undefined ? clusterServingRuntimes : servingRuntimes;
    for (const { name, serverType, image, spec } of builtInRuntimes) {
      if (!runtimes.includes(name)) continue;
      new ApiObject(this, name, {
        apiVersion: `${group}/${version}`,
        kind,
        metadata: {
          name,
          ...(namespace === undefined ? {} : { namespace }),
          annotations: { [servingAnnotations.serverType]: serverType },
        },
        spec: {
          ...spec(images[image]),
          ...(disabled.includes(name) ? { disabled: true } : {}),
          ...(imagePullSecrets.length === 0
            ? {}
            : { imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })) }),
        },
      });
    }
  }
}
