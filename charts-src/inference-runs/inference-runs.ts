import { Construct } from 'constructs';
import { addDisruptionBudget } from '../kubernetes/availability';
import { addMetricsCertificate } from '../monitoring/metrics-certificate';
import { Notebooks } from '../notebooks/notebooks';
import { addDeployment } from './deployment';
import { addMonitor } from './monitor';
import { inferenceRunsNames, metricsPort } from './names';
import { addMetricsService, addNetworkPolicies } from './network';
import type { InferenceRunsOptions } from './options';
import { addRbac, addRunnerAccounts } from './rbac';
import { addRunnerMonitor } from './runner-monitor';
import { configOf, rendered } from './settings';

/** The controller of inference runs of one installation. */
export interface InferenceRunsProps {
  readonly options: InferenceRunsOptions;
  /** Reference of the image of all our controllers, which runs runners too. */
  readonly image: string;
}

/** Everything that inference runs need in a cluster, under the names of upstream's chart. */
export class InferenceRuns extends Construct {
  constructor(scope: Construct, id: string, { options, image }: InferenceRunsProps) {
    super(scope, id);
    const { namespace, replicas, notebooks } = options;
    const { podDisruptionBudget: name, selector } = inferenceRunsNames(options);
    const config = configOf(options, image);
    addRbac(this, options, config);
    addRunnerAccounts(this, options);
    addMetricsCertificate(this, metricsPort(options));
    addDeployment(this, { options, settings: rendered(config, options), image });
    addMetricsService(this, options);
    addNetworkPolicies(this, options);
    addMonitor(this, options);
    addRunnerMonitor(this, options);
    if (notebooks !== undefined) new Notebooks(this, 'Notebooks', notebooks);
    addDisruptionBudget(this, { name, namespace, selector, replicas });
  }
}
