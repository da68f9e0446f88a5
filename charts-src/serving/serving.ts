import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type ServingConfig, servingConfigSchema } from '../../definitions/config/serving';
import { servingConfigMap } from '../../definitions/names/serving';
import { imageReference, type Images } from '../images';
import { addDisruptionBudget } from '../kubernetes/availability';
import { addMetricsCertificate } from '../monitoring/metrics-certificate';
import { addCanaryPolicy } from './canary-policy';
import { addDeployment } from './deployment';
import { ModelDeployer } from './model-deployer';
import { addMonitor } from './monitor';
import { managerSelector, metricsPort, servingNames as names } from './names';
import { addNetworkPolicy, addServices } from './network';
import type { ServingOptions } from './options';
import { addRbac } from './rbac';
import { configurationData } from './shipped-configuration';
import { addWebhookCertificate, certificateSettings } from './webhook-certificate';
import { addWebhookConfigurations } from './webhook-configurations';

/** The serving controller of a cluster. */
export interface ServingProps {
  readonly options: ServingOptions;
  /** All images of the environment: the settings name those that are put into users' pods. */
  readonly images: Images;
}

/** Everything that the serving controller needs in a cluster, under the names of KServe's manifests. */
export class Serving extends Construct {
  constructor(scope: Construct, id: string, { options, images }: ServingProps) {
    super(scope, id);
    const { namespace, replicas, configuration } = options;
    const config = configOf(options);
    addRbac(this, options, config);
    new ModelDeployer(this, 'ModelDeployer');
    addMetricsCertificate(this, metricsPort(options));
    addWebhookCertificate(this, options);
    new k8s.KubeConfigMap(this, 'Settings', {
      metadata: { name: servingConfigMap, namespace },
      data: configurationData(images, configuration),
    });
    addDeployment(this, { options, config, image: imageReference(images.slipway) });
    addServices(this, options);
    addNetworkPolicy(this, options);
    addCanaryPolicy(this);
    addWebhookConfigurations(this, options);
    addMonitor(this, options);
    addDisruptionBudget(this, {
      name: names.podDisruptionBudget,
      namespace,
      selector: managerSelector,
      replicas,
    });
  }
}

/** Configuration of the process, complete. */
function configOf(options: ServingOptions): ServingConfig {
  return servingConfigSchema.parse({
    ...options.settings,
    webhooks: { certificate: certificateSettings(options) },
  });
}
