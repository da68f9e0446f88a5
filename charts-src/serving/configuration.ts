import * as z from 'zod';
import {
  type ConfigKey,
  type InferenceServiceConfig,
  inferenceServiceConfigSchemas,
} from '../../definitions/config/inference-service-config';
import { isMap, type Json, type JsonMap } from '../kubernetes/manifest';

type Partly<T> = T extends readonly unknown[] ? T : T extends object ? { readonly [K in keyof T]?: Partly<T[K]> } : T;

/** Members of the documents that an environment changes. */
export type Configuration = { readonly [Key in ConfigKey]?: Partly<InferenceServiceConfig[Key]> };

const keys = Object.keys(inferenceServiceConfigSchemas) as ConfigKey[];

/**
 * Changes to the documents of `inferenceservice-config`. The controller ignores members that it does not know, as upstream does:
 * here they are errors, because nobody would notice a misspelt one.
 */
export const configurationSchema = z
  .custom<Configuration>((written) => isMap(written as Json), 'expected a map of documents by key')
  .superRefine((written, context) => {
    for (const [key, document] of Object.entries(written as JsonMap)) {
      const known = keys.find((one) => one === key);
      if (known === undefined) {
        context.addIssue({ code: 'unrecognized_keys', keys: [key], message: `unknown key ${key}` });
        continue;
      }
      for (const problem of problemsOf(known, document)) {
        context.addIssue({ code: 'custom', path: [key, ...problem.path], message: problem.message });
      }
    }
  })
  .default({});

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function problemsOf(key: ConfigKey, document: Json): readonly Problem[] {
  // What the shipped document has is not asked for here.
  const complete: JsonMap =
    isMap(document) && key === 'deploy' ? { defaultDeploymentMode: 'Standard', ...document } : {};
  const parsed = inferenceServiceConfigSchemas[key].safeParse(key === 'deploy' ? complete : document);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => ({
      path: path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
      message,
    }));
  }
  return unknownMembers(document, JSON.parse(JSON.stringify(parsed.data)) as Json);
}

/** Members that parsing dropped, or that it took in another spelling. */
function unknownMembers(written: Json, parsed: Json, path: readonly string[] = []): readonly Problem[] {
  if (!isMap(written) || !isMap(parsed)) return [];
  return Object.entries(written).flatMap(([name, value]): readonly Problem[] => {
    const taken = parsed[name];
    if (taken !== undefined) return unknownMembers(value, taken, [...path, name]);
    return [{ path: [...path, name], message: `no such member, allowed: ${Object.keys(parsed).sort().join(', ')}` }];
  });
}
