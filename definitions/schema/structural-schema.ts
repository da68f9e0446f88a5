/** A value as JSON carries it. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [member: string]: JsonValue };

/** A CEL rule of a schema. `self` is the value it stands on. */
export interface ValidationRule {
  /** CEL expression that is true for a valid value. */
  readonly rule: string;
  /** Shown to the user when the rule is false. */
  readonly message: string;
  /** Field to blame, relative to the rule's place, for example `.minReplicas`. */
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
}

/** What may stand inside `allOf`, `anyOf`, `oneOf` and `not`: constraints on values, never structure. */
export interface ValueConstraint {
  readonly enum?: readonly JsonValue[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: { readonly [name: string]: ValueConstraint };
  readonly items?: ValueConstraint;
  readonly allOf?: readonly ValueConstraint[];
  readonly anyOf?: readonly ValueConstraint[];
  readonly oneOf?: readonly ValueConstraint[];
  readonly not?: ValueConstraint;
}

/**
 * A structural schema in its form on the wire. client-node's `V1JSONSchemaProps` has the same content under other
 * member names (`_default`, `x_kubernetes_list_type`), which only its own serializer translates.
 */
export interface StructuralSchema extends ValueConstraint {
  /** Absent only with int-or-string or preserve-unknown-fields. */
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly default?: JsonValue;
  readonly nullable?: boolean;
  readonly properties?: { readonly [name: string]: StructuralSchema };
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}
