import * as z from 'zod';
import { objectNameSchema } from '../kubernetes/secret-ref';
import { dnsLabel } from '../kubernetes/dns-label';
import { builtInRuntimes, leftOutByDefault } from './built-in-runtimes';

const runtimeName = z.enum(builtInRuntimes.map(({ name }) => name));

/** Options of the model servers. */
export const servingRuntimesSchema = z.strictObject({
  /** Runtimes to install, by name. Default: all that KServe's installation has. */
  runtimes: z
    .array(runtimeName)
    .default(builtInRuntimes.map(({ name }) => name).filter((name) => !leftOutByDefault.includes(name))),
  /** Runtimes that are there, for services that run already, and that no further service may use. */
  disabled: z.array(runtimeName).default([]),
  /** Installs them as ServingRuntimes of one namespace; absent: for the whole cluster. */
  namespace: dnsLabel.exactOptional(),
  /** Secrets with credentials for a mirror of the images, in the namespace of the model. */
  imagePullSecrets: z.array(objectNameSchema).default([]),
});

/** Options with every default applied. */
export type ServingRuntimesOptions = z.output<typeof servingRuntimesSchema>;
