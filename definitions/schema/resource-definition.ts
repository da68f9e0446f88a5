import type * as z from 'zod';
import type { ApiResource, KubernetesObject } from '../kubernetes/api-resource';

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  /** Simple JSON path from the object, for example `.status.url`. */
  readonly jsonPath: string;
  readonly description?: string;
  /** 0 is always shown, greater only with `-o wide`. @default 0 */
  readonly priority?: number;
}

/** Everything that decides the CustomResourceDefinition of one of our kinds. */
export interface ResourceDefinition<T extends KubernetesObject = KubernetesObject> extends ApiResource<T> {
  readonly singular: string;
  readonly listKind: string;
  /** @default none */
  readonly shortNames?: readonly string[];
  /** Groups of kinds for `kubectl get CATEGORY`. @default none */
  readonly categories?: readonly string[];
  /** @default name and age, as kubectl shows them */
  readonly printerColumns?: readonly PrinterColumn[];
  /** Whether status is written through its own subresource. */
  readonly statusSubresource: boolean;
  /** Annotations of the CustomResourceDefinition itself. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** What the kind is for, one or two sentences, shown by `kubectl explain`. */
  readonly description: string;
  /** Members of the object besides `apiVersion`, `kind` and `metadata`: `spec`, `status` and others. */
  readonly schema: z.ZodObject;
}
