import { inferenceServices } from '../../../definitions/serving/inference-service';
import { servingFieldManager, servingLabels, upstreamFieldManager } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { ChildWriter } from '../../runtime/apply-child';
import { childOwner, controllerReference, type ChildOwner } from '../../runtime/child-ownership';
import type { ObjectMeta } from '../../../definitions/kubernetes/api-resource';
import type { ComponentPlan } from '../component-plan';

/** As whom children of InferenceServices are written. */
export const servingWriter: ChildWriter = {
  fieldManager: servingFieldManager,
  formerManagers: [upstreamFieldManager],
};

/** An InferenceService as the owner of its children. */
export function ownerOf(inferenceService: InferenceService): ChildOwner {
  return childOwner(inferenceServices, inferenceService);
}

/** What selects the pods of a component. */
export function podSelector({ name }: Pick<ComponentPlan, 'name'>): Record<string, string> {
  return { [servingLabels.app]: `isvc.${name}` };
}

/** Metadata that Deployment, Service and autoscaler of a component have in common. */
export function childMeta(plan: ComponentPlan, owner: ChildOwner): ObjectMeta {
  return {
    name: plan.name,
    namespace: plan.namespace,
    labels: { ...plan.labels, ...podSelector(plan) },
    annotations: { ...plan.annotations },
    ownerReferences: [controllerReference(owner)],
  };
}
