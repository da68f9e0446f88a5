import * as z from 'zod';
import { anyCase } from '../../../definitions/config/any-case';
import {
  type InferenceServiceConfig,
  inferenceServiceConfigSchemas,
} from '../../../definitions/config/inference-service-config';
import { renderGoTemplate } from '../go-template';
import { isLabel } from './domain-name';
import { IngressFailure } from './ingress-failure';

/** Document `ingress` of the ConfigMap, defaults applied. */
export type IngressSettings = InferenceServiceConfig['ingress'];

/** The document `ingress` can't be used; the message is KServe's. */
export class IngressSettingsError extends IngressFailure {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IngressSettingsError';
  }
}

const defaults = inferenceServiceConfigSchemas.ingress.parse({});
const writtenDomain = anyCase({ ingressDomain: z.string().default('') });

/**
 * The settings as the ingress is made by them: checked, and with defaults in place of empty texts.
 *
 * @param document what the ConfigMap's key holds, decoded from JSON; undefined when the key is missing, and then nothing is asked of it
 * @throws IngressSettingsError
 */
export function checkIngressSettings(settings: IngressSettings, document: unknown): IngressSettings {
  if (document !== undefined) {
    if (settings.enableGatewayApi) gatewayOf(settings);
    if (settings.ingressGateway === '') {
      throw new IngressSettingsError('invalid ingress config - ingressGateway is required');
    }
    if (settings.pathTemplate !== '') checkPathTemplate(settings.pathTemplate, document);
  }
  return {
    ...settings,
    ingressDomain: settings.ingressDomain || defaults.ingressDomain,
    domainTemplate: settings.domainTemplate || defaults.domainTemplate,
    urlScheme: settings.urlScheme || defaults.urlScheme,
  };
}

/** Gateway that HTTPRoutes attach to. @throws IngressSettingsError */
export function gatewayOf({ kserveIngressGateway: written }: IngressSettings): { namespace: string; name: string } {
  const refuse = (problem: string): never => {
    throw new IngressSettingsError(`invalid ingress config - kserveIngressGateway ${problem}`);
  };
  if (written === '') return refuse('is required');
  const [namespace, name, ...more] = written.split('/');
  if (namespace === undefined || name === undefined || more.length > 0) {
    return refuse('should be in the format <namespace>/<name>');
  }
  if (!isLabel(namespace)) return refuse('gateway namespace is invalid');
  if (!isLabel(name)) return refuse('gateway name is invalid');
  return { namespace, name };
}

/** The domain has to be written down: the default would claim paths of a host that nobody meant. */
function checkPathTemplate(template: string, document: unknown): void {
  try {
    renderGoTemplate(template, { Name: 'name', Namespace: 'namespace' });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new IngressSettingsError(`invalid ingress config, unable to parse pathTemplate: ${cause}`, { cause: error });
  }
  if (writtenDomain.safeParse(document).data?.ingressDomain) return;
  throw new IngressSettingsError('invalid ingress config - ingressDomain is required if pathTemplate is given');
}
