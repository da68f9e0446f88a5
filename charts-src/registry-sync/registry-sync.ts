import { Construct } from 'constructs';
import { registryTokenDirectory } from '../../definitions/names/controller';
import { addDisruptionBudget } from '../kubernetes/availability';
import { addMetricsCertificate } from '../monitoring/metrics-certificate';
import { addDeployment } from './deployment';
import { addMonitor } from './monitor';
import { metricsPort, type RegistrySyncNames, slipwayNames, upstreamNames } from './names';
import { addMetricsService, addNetworkPolicy } from './network';
import type { RegistrySyncOptions } from './options';
import { addRbac } from './rbac';
import { renderSettings } from './settings-file';

/** The registry sync controller of one installation. */
export interface RegistrySyncProps {
  readonly options: RegistrySyncOptions;
  /** Reference of the image of all our controllers. */
  readonly image: string;
}

/** Names that the options choose. */
export function registrySyncNames({ names, namePrefix }: RegistrySyncOptions): RegistrySyncNames {
  return names === 'upstream' ? upstreamNames(namePrefix) : slipwayNames(namePrefix);
}

/** Everything that the registry sync controller needs in a cluster. */
export class RegistrySync extends Construct {
  constructor(scope: Construct, id: string, { options, image }: RegistrySyncProps) {
    super(scope, id);
    const names = registrySyncNames(options);
    const { namespace, replicas, upstreamVariables } = options;
    addRbac(this, names, options);
    addMetricsCertificate(this, metricsPort(names, options));
    addDeployment(this, { names, options, settings: renderSettings(settingsOf(options), upstreamVariables), image });
    addMetricsService(this, names, options);
    addNetworkPolicy(this, names, options);
    addMonitor(this, names, options);
    addDisruptionBudget(this, { name: names.podDisruptionBudget, namespace, selector: names.selector, replicas });
  }
}

/** The settings, with where the token is that the options have mounted. */
function settingsOf({ settings, registryTokenAudience }: RegistrySyncOptions): RegistrySyncOptions['settings'] {
  if (registryTokenAudience === undefined) return settings;
  return { ...settings, registry: { ...settings.registry, tokenFile: `${registryTokenDirectory}/token` } };
}
