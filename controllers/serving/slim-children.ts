import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { appliedAnnotation } from '../../definitions/names/serving';
import { ownersOf } from './owners';

/** For autoscalers: their conditions tell long stories that nobody reads here. */
export function withoutStatus(child: KubernetesObject): void {
  Reflect.deleteProperty(child, 'status');
}

/**
 * For kinds that are watched whole: of what is not ours, and was not, only its name and whose it is are ever looked at. A cluster can
 * have thousands of such objects.
 */
export function withoutForeignContent(child: KubernetesObject): void {
  if (ownersOf(child).length > 0 || child.metadata.annotations?.[appliedAnnotation] !== undefined) return;
  Reflect.deleteProperty(child, 'spec');
  Reflect.deleteProperty(child, 'status');
  Reflect.deleteProperty(child.metadata, 'annotations');
}

/** For Ingresses: where the addresses are that they got is the concern of others. */
export function slimIngress(ingress: KubernetesObject): void {
  withoutStatus(ingress);
  withoutForeignContent(ingress);
}
